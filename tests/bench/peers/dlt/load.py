"""dlt as the bench's reference: one process that stays warm and loads on request.

Usage: load.py PORT. POST /load with {"database", "dataset", "url"} answers when the load is
committed, with {"seconds", "rows"}. The settings are those the issue names as dlt's best: upsert,
CSV files for COPY, no child tables, two normalize workers, files of 20,000 rows.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

os.environ.update(
    {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
        "NORMALIZE__WORKERS": "2",
        "NORMALIZE__START_METHOD": "fork",
        "DATA_WRITER__FILE_MAX_ITEMS": "20000",
        "DATA_WRITER__DISABLE_COMPRESSION": "true",
        "NORMALIZE__LOADER_FILE_FORMAT": "csv",
        "LOAD__DELETE_COMPLETED_JOBS": "true",
    }
)

import dlt  # noqa: E402
from dlt.sources.helpers.rest_client import RESTClient  # noqa: E402
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator  # noqa: E402

UPSERT = {"disposition": "merge", "strategy": "upsert"}


@dlt.source(max_table_nesting=0)
def source_of(url):
    base, _, path = url.partition("/records")
    client = RESTClient(
        base_url=base,
        paginator=JSONResponseCursorPaginator(cursor_path="meta.next", cursor_param="after"),
        data_selector="data",
    )

    @dlt.resource(name="records", primary_key="id", write_disposition=UPSERT)
    def records():
        yield from client.paginate("/records" + path)

    return records


def with_password(url):
    """The bench's server asks nobody for a password, but dlt insists on having one."""
    return url.replace("://postgres@", "://postgres:unused@")


def load(order, directory):
    pipeline = dlt.pipeline(
        pipeline_name=order["dataset"],
        pipelines_dir=directory,
        destination=dlt.destinations.postgres(with_password(order["database"])),
        dataset_name=order["dataset"],
    )
    begin = time.monotonic()
    info = pipeline.run(source_of(order["url"]), loader_file_format="csv")
    info.raise_on_failed_jobs()
    seconds = time.monotonic() - begin
    rows = pipeline.last_trace.last_normalize_info.row_counts.get("records", 0)
    return {"seconds": seconds, "rows": rows, "version": dlt.__version__}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, {"version": dlt.__version__, "python": sys.version.split()[0]})

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self.answer(200, load(order, sys.argv[2]))
        except Exception as error:  # the bench shows it and ends
            self.answer(500, {"error": f"{type(error).__name__}: {error}"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
