"""Names things that are there, every other time, so that not every generated request ends in 404."""

import os
import random

import schemathesis

REAL = {
    "id": os.environ["SYNC_TEST_INTEGRATION"],
    "externalId": os.environ["SYNC_TEST_EXTERNAL_ID"],
}
REAL_LOG = os.environ["SYNC_TEST_SYNC_LOG"]

choose = random.Random(1)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not path_parameters or choose.random() < 0.5:
        return path_parameters
    of_log = context.operation is not None and "/sync-logs/" in context.operation.path
    real = {"id": REAL_LOG} if of_log else REAL
    return {name: real.get(name, value) for name, value in path_parameters.items()}
