"""Prepares what is new every night, and verifies the corpus: a DAG of Airflow.

What Airflow does with the exit codes:

    0      success
    3      nothing to do: the task is skipped, and what depends on it, as there is no new data
    75     temporary: retried, six times, with growing delays
    2, 1   failed at once, without retries: somebody must look

Put it into the folder of DAGs, and install Larkspur on the workers. The Airflow variables
`larkspur` (its launcher) and `larkspur_prepare_conf` (its settings) replace the defaults.

Checked: Python compiled it, and ran the tasks with stand-ins for Airflow's classes (ScheduleTest).
Airflow itself, for whose versions 2.9 and 3 it is written, has not parsed it.
"""

import os
import signal
import subprocess
from datetime import datetime, timedelta, timezone

from airflow import DAG
from airflow.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
)
from airflow.models import BaseOperator

NOTHING_TO_DO = 3
NOT_TO_BE_REPEATED = (1, 2)


class LarkspurOperator(BaseOperator):
    """Runs one command of Larkspur; its exit code decides the state of the task."""

    template_fields = ("larkspur", "arguments")

    def __init__(self, *, larkspur, arguments, **kwargs):
        super().__init__(**kwargs)
        self.larkspur = larkspur
        self.arguments = arguments
        self.process = None

    def execute(self, context):
        self.process = subprocess.Popen(
            [self.larkspur, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ,
            start_new_session=True,
        )
        for line in self.process.stdout:
            self.log.info("%s", line.rstrip())
        code = self.process.wait()
        if code == NOTHING_TO_DO:
            raise AirflowSkipException("nothing to do")
        if code in NOT_TO_BE_REPEATED:
            raise AirflowFailException(f"exit code {code}: see the log above")
        if code != 0:
            raise AirflowException(f"exit code {code}: tried again")

    def on_kill(self):
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)


with DAG(
    dag_id="larkspur_prepare",
    description="Prepares new documents for Larkspur",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 6,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
    },
) as dag:
    launcher = "{{ var.value.get('larkspur', '/opt/larkspur/bin/larkspur') }}"
    settings = "{{ var.value.get('larkspur_prepare_conf', '/etc/larkspur/prepare.conf') }}"
    prepare = LarkspurOperator(
        task_id="prepare",
        larkspur=launcher,
        arguments=["prepare", "--conf", settings],
    )
    verify = LarkspurOperator(
        task_id="verify",
        larkspur=launcher,
        arguments=["corpus", "verify", "--conf", settings],
    )
    prepare >> verify
