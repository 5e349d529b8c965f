"""The program that reads a foreign plan through MPXJ and writes it as MSPDI: a process of its own, and nothing else.

    python -I conversion_child.py SOURCE TARGET FACTS MEGABYTES

FACTS is JSON: `outcome` ("done", "unknown", "password", "empty", "memory" or "failed"), the `format` that was
recognised, the `name` of the project that was written, and those of the `others` of the same file. It imports nothing
of the product: what it reads is not to be trusted.
"""

import json
import sys
from pathlib import Path
from typing import Any

# Memory without what a short program can do without; a socket leads nowhere, no name is resolved, no XML is fetched.
JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:CompressedClassSpaceSize=96m",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:-UsePerfData",
    "-Xss1m",
    "-Djava.awt.headless=true",
    "-Djava.net.useSystemProxies=false",
    "-DsocksProxyHost=127.0.0.1",
    "-DsocksProxyPort=9",
    "-Djdk.net.hosts.file=/dev/null",
    "-Djavax.xml.accessExternalDTD=",
    "-Djavax.xml.accessExternalSchema=",
    "-Djavax.xml.accessExternalStylesheet=",
    "-Djdk.xml.entityExpansionLimit=1000",
    "-Duser.language=en",
    "-Duser.timezone=UTC",
    "-Dfile.encoding=UTF-8",
)


def main(source: str, target: str, facts: str, megabytes: str) -> None:
    """Convert, and say what came of it."""
    Path(facts).write_text(json.dumps(_convert(source, target, int(megabytes))), encoding="utf-8")


def _convert(source: str, target: str, megabytes: int) -> dict[str, Any]:
    import jpype
    import mpxj  # noqa: F401 - gives the JVM its class path

    jpype.startJVM(*JVM, f"-Xmx{megabytes}m", f"-Djava.io.tmpdir={Path(target).parent}", convertStrings=True)
    reader = jpype.JClass("org.mpxj.reader.UniversalProjectReader")()
    writer = jpype.JClass("org.mpxj.mspdi.MSPDIWriter")()
    try:
        projects = [one for one in reader.readAll(source) if one is not None]
        if not projects:
            return {"outcome": "unknown"}
        # A file of several projects has one plan: the largest is it, the others are named.
        chosen = max(projects, key=lambda one: one.getTasks().size())
        properties = chosen.getProjectProperties()
        found = {
            "format": str(properties.getFileType() or ""),
            "name": _title(chosen),
            "others": [_title(one) for one in projects if one is not chosen][:50],
        }
        if not chosen.getTasks().size():
            return {"outcome": "empty", **found}
        writer.write(chosen, target)
    except jpype.JClass("java.lang.OutOfMemoryError"):
        return {"outcome": "memory"}
    except jpype.JException as error:
        said = f"{error.message()}"
        return {"outcome": "password" if "password" in said.lower() else "failed", "detail": said[:200]}
    return {"outcome": "done", **found}


def _title(project: Any) -> str:
    properties = project.getProjectProperties()
    return str(properties.getProjectTitle() or properties.getName() or "")[:160]


if __name__ == "__main__":
    main(*sys.argv[1:])
