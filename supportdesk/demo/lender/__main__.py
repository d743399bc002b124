"""Serves the demo lender's site: ``python -m supportdesk.demo.lender``."""

import os

import uvicorn


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.demo.lender.settings"
    port = int(os.environ.get("LENDER_PORT", "8001"))
    uvicorn.run(
        "supportdesk.demo.lender.site:application",
        host=os.environ.get("LENDER_HOST", "127.0.0.1"),
        port=port,
        log_level="warning",
        server_header=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main()
