"""python-hl7's server: takes so many messages at a port, then ends. Arguments: port, number of messages."""

import asyncio
import sys

import hl7.mllp

port, count = int(sys.argv[1]), int(sys.argv[2])
seen = []


async def main():
    done = asyncio.Event()

    async def process(reader, writer):
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                seen.append(str(message.segment("MSH")[10]))
                writer.writemessage(message.create_ack())
                await writer.drain()
                if len(set(seen)) >= count:
                    done.set()
        except asyncio.IncompleteReadError:
            pass

    server = await hl7.mllp.start_hl7_server(process, host="127.0.0.1", port=port, encoding="utf-8")
    await done.wait()
    # The last acknowledgement has to get through before the connection ends.
    await asyncio.sleep(1)
    server.close()


asyncio.run(main())
assert len(seen) == count, seen
print("ok")
