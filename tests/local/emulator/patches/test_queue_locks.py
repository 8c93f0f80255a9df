import subprocess
import sys

from local.cdk import ROOT

HAMMER = """
import contextvars, json, sys, threading
from runpy import run_path
from ministack.services import sqs

run_path(sys.argv[1])["apply"]()
sys.setswitchinterval(1e-6)
dead, queue = (sqs._queues[sqs._act_create_queue({"QueueName": name}, "")["QueueUrl"]] for name in ("dead", "queue"))
redrive = {"maxReceiveCount": 8, "deadLetterTargetArn": dead["attributes"]["QueueArn"]}
queue["attributes"]["RedrivePolicy"] = json.dumps(redrive)
over = threading.Event()

def send(count, delay):
    for _ in range(count):
        sqs._act_send_message({"MessageBody": "kept" if delay else "taken", "DelaySeconds": delay}, queue["url"])

def take():
    while not over.is_set():
        send(1, 0)
        taken = sqs._receive_messages_for_esm(queue["url"], 10)
        sqs._delete_messages_for_esm(queue["url"], {message["receipt_handle"] for message in taken})

def sweep():
    while not over.is_set():
        sqs._dlq_sweep(queue)

send(1000, 900)
threads = [threading.Thread(target=contextvars.copy_context().run, args=(work,)) for work in (take, sweep)]
for thread in threads:
    thread.start()
send(2000, 900)
over.set()
for thread in threads:
    thread.join()
print(sum(message["body"] == "kept" for message in queue["messages"]))
"""


def test_a_message_sent_while_others_receive_and_delete_is_not_lost() -> None:
    command = [sys.executable, "-c", HAMMER, str(ROOT / "local/emulator/patches/queue_locks.py")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1] == "3000"
