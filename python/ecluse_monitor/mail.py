"""Alerts by e-mail: SMTP, over TLS or not at all."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from ecluse_monitor.errors import MonitorError

TIMEOUT = 20


@dataclass(frozen=True)
class Mail:
    """The server that takes e-mail, its login, the sender, and those who get it."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    to: tuple[str, ...]

    def send(self, id_: str, subject: str, text: str) -> None:
        """Sends one alert; raises MonitorError where the server has not taken it for everybody."""
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self.sender, ", ".join(self.to)
        # The same each time, by which mail programs know an alert that they have already.
        message["Message-ID"] = f"<{'-'.join(id_.split())}@ecluse-monitor>"
        message["Date"] = formatdate()
        message.set_content(text)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT) as server:
                # Refused where the server has none: password and alert never go in the clear.
                server.starttls(context=ssl.create_default_context())
                server.login(self.user, self.password)
                refused = server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MonitorError(f"mail: {self.host}:{self.port}: {_reason(error)}") from error
        if refused:
            raise MonitorError(f"mail: {self.host}:{self.port} refuses {', '.join(refused)}; correct them")


def _reason(error: Exception) -> str:
    """What went wrong, without what a server may echo of the login."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the login is refused; see ECLUSE_MAIL_PASSWORD and alerts.mail.user"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it offers no STARTTLS or no login; take a server that does"
    return f"{type(error).__name__}: {error}"
