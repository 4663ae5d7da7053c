"""A mail server of Python's own library, for one message: prints its port, then what it got, as JSON lines."""
import asyncore
import json
import smtpd
import sys


class Sink(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        from email import message_from_bytes, policy

        mail = message_from_bytes(data, policy=policy.default)
        print(
            json.dumps(
                {
                    "sender": mailfrom,
                    "recipients": rcpttos,
                    "subject": mail["Subject"],
                    "from": mail["From"].addresses[0].display_name,
                    "address": mail["From"].addresses[0].addr_spec,
                    "to": [address.addr_spec for address in mail["To"].addresses],
                    "messageID": mail["Message-ID"],
                    "date": mail["Date"].datetime.isoformat(),
                    "defects": [str(defect) for defect in mail.defects],
                    "text": mail.get_content(),
                }
            ),
            flush=True,
        )


sink = Sink(("127.0.0.1", 0), None)
print(sink.socket.getsockname()[1], flush=True)
try:
    asyncore.loop(timeout=1)
except KeyboardInterrupt:
    sys.exit(0)
