import { made, serve, standIn } from "./service";

void serve(standIn(made));
