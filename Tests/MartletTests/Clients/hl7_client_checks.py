"""python-hl7's MLLP client against Martlet, its answers read by python-hl7 and by hl7apy."""

import sys

import hl7
from hl7.client import MLLPClient
from hl7apy.parser import parse_message


def result(control_id, value):
    return "\r".join([
        rf"MSH|^~\&|LAB|NL|EHR|C|20260501120000||ORU^R01^ORU_R01|{control_id}|P|2.5.1",
        "PID|1||4711^^^NL||Roe^Ann||19800101|F",
        "OBR|1|P1|F1|GLU^Glucose^L|||20260501|||||||||||||||20260501100000|||F",
        f"OBX|1|NM|GLU^Glucose^L||{value}|mmol/L|||||F",
    ]) + "\r"


with MLLPClient("127.0.0.1", int(sys.argv[1])) as client:
    for number in range(20):
        answer = client.send_message(result(f"PY{number}", f"5.{number}0")).decode("utf-8").strip("\x0b\x1c\r") + "\r"
        parsed = hl7.parse(answer)
        assert str(parsed.segment("MSA")[1]) == "AA", answer
        assert str(parsed.segment("MSA")[2]) == f"PY{number}", answer
        assert str(parsed.segment("MSH")[3]) == "EHR", answer
        other = parse_message(answer, find_groups=False)
        assert other.msa.msa_1.to_er7() == "AA", answer
        assert other.msh.msh_9.to_er7() == "ACK^R01^ACK", answer
    refused = client.send_message(result("PYX", "1").replace("ORU^R01^ORU_R01", "XYZ^Z99")).decode("utf-8")
    assert "MSA|AR|PYX" in refused, refused
print("ok")
