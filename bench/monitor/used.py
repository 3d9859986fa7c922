"""What a process has used, as its last line: seconds of CPU, its children's too, and MiB at most."""

import json
import resource


def show(found: object) -> None:
    """Prints it with what the process found."""
    own, others = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(each.ru_utime + each.ru_stime for each in (own, others))
    print(json.dumps({"cpu": cpu, "memory": own.ru_maxrss / 1024, "found": found}))
