"""Other people's HL7 v2 clients against Martlet: python-hl7's command and stream client, and messages built, framed
and read by hl7apy. Usage: hl7_peer_checks.py PORT FOLDER"""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import hl7
from hl7.mllp import open_hl7_connection
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message
from hl7apy.parser import parse_message

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])


def result(control_id, acknowledgements=""):
    return "\r".join([
        rf"MSH|^~\&|PEER|NL|MARTLET|CLINIC|20260501120000||ORU^R01^ORU_R01|{control_id}|P|2.5.1{acknowledgements}",
        "PID|1||P4711^^^NL||Müßig^Ann||19800101|F",
        f"OBR|1|P{control_id}|F{control_id}|GLU^Glucose^L|||20260501|||||||||||||||20260501100000|||F",
        "OBX|1|NM|GLU^Glucose^L||5.40|mmol/L|||||F",
    ]) + "\r"


def check(answer, code, control_id):
    """Both libraries read the same in an answer, and hl7apy holds it to its version's own tables."""
    text = answer if isinstance(answer, str) else answer.decode("utf-8")
    text = text.strip("\x0b\x1c\r\n") + "\r"
    parsed = hl7.parse(text)
    assert str(parsed.segment("MSA")[1]) == code, text
    assert str(parsed.segment("MSA")[2]) == control_id, text
    assert str(parsed.segment("MSH")[3]) == "MARTLET" and str(parsed.segment("MSH")[5]) == "PEER", text
    other = parse_message(text, validation_level=VALIDATION_LEVEL.STRICT)
    assert other.validate(), text
    assert other.msa.msa_1.to_er7() == code and other.msa.msa_2.to_er7() == control_id, text
    return other


def mllp_send(*arguments):
    command = [str(Path(sys.executable).with_name("mllp_send")), "--port", str(PORT), *arguments, "127.0.0.1"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode == 0, done
    return [part for part in done.stdout.decode("utf-8").split("\x1c\r\n") if part]


def the_command_sends_frames():
    path = FOLDER / "frames.mllp"
    path.write_bytes(b"".join(b"\x0b" + result(f"MS{n}").encode() + b"\x1c\r" for n in range(5)))
    answers = mllp_send("--file", str(path))
    assert len(answers) == 5, answers
    for number, answer in enumerate(answers):
        check(answer, "AA", f"MS{number}")


def the_command_sends_loose_text():
    path = FOLDER / "loose.hl7"
    path.write_bytes("\n".join(result(f"LO{n}").replace("\r", "\n") for n in range(3)).encode())
    answers = mllp_send("--loose", "--file", str(path))
    assert len(answers) == 3, answers
    for number, answer in enumerate(answers):
        check(answer, "AA", f"LO{number}")


async def the_stream_client_gets_both_levels():
    reader, writer = await open_hl7_connection("127.0.0.1", PORT, encoding="utf-8")
    writer.writemessage(hl7.parse(result("EN1", "|||AL|AL")))
    await writer.drain()
    for code in ["CA", "AA"]:
        check(str(await asyncio.wait_for(reader.readmessage(), 30)), code, "EN1")
    writer.close()
    await writer.wait_closed()


def exchange(data):
    with socket.create_connection(("127.0.0.1", PORT), timeout=30) as connection:
        connection.sendall(data)
        answer = b""
        while not answer.endswith(b"\x1c\r"):
            part = connection.recv(4096)
            assert part, answer
            answer += part
        return answer


def admission(control_id):
    message = Message("ADT_A01", version="2.5.1")
    message.msh.msh_3, message.msh.msh_4 = "PEER", "NL"
    message.msh.msh_5, message.msh.msh_6 = "MARTLET", "CLINIC"
    message.msh.msh_9, message.msh.msh_10, message.msh.msh_11 = "ADT^A01^ADT_A01", control_id, "P"
    message.evn.evn_2 = "20260501120000"
    message.pid.pid_3, message.pid.pid_5, message.pid.pid_7 = "P4712^^^NL", "Roe^Ann", "19800101"
    message.pv1.pv1_2, message.pv1.pv1_19 = "I", "V1^^^NL"
    return message


def messages_of_hl7apy_are_answered():
    check(exchange(admission("AP1").to_mllp().encode()), "AA", "AP1")
    refused = check(exchange(result("AP2").replace("ORU^R01^ORU_R01", "XYZ^Z99").encode()
                             .join([b"\x0b", b"\x1c\r"])), "AR", "AP2")
    assert refused.err.err_3.err_3_1.to_er7() == "200", refused.to_er7()
    missing = result("AP3").replace("PID|1||P4711^^^NL|", "PID|1|||").encode()
    error = check(exchange(b"\x0b" + missing + b"\x1c\r"), "AE", "AP3")
    assert error.err.err_2.err_2_1.to_er7() == "PID" and error.err.err_4.to_er7() == "E", error.to_er7()


the_command_sends_frames()
the_command_sends_loose_text()
asyncio.run(the_stream_client_gets_both_levels())
messages_of_hl7apy_are_answered()
print("ok")
