"""Plans of other programs, converted in a process of its own: what comes in, and what is refused in a sentence.

The files are written by MPXJ itself, from the sample that ships with the project.
"""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from integrations.imports import conversion
from integrations.imports.actions import begin, bring_plan, run_import
from integrations.imports.conversion import (
    ACCEPTED,
    FORMATS,
    convert,
    foreign_format,
    is_available,
    refuse_unreadable,
)
from integrations.imports.domain.mspdi_reader import OLE_HEADER, read_mspdi
from integrations.imports.domain.problem import ImportRefused, ProblemCode
from integrations.imports.messages import sentence
from integrations.imports.models import Import, ImportState
from portfolio.people.actions import create_pole
from portfolio.planning.models import Dependency, Task
from tech4value.jobs.actions import run_job
from tests.integrations.imports.files import SAMPLES, sample
from tests.world import World

needs_java = pytest.mark.skipif(not is_available(), reason="neither Java nor the packages mpxj and jpype1 are here")
WRITERS = {
    "xer": "org.mpxj.primavera.PrimaveraXERFileWriter",
    "pmxml": "org.mpxj.primavera.PrimaveraPMFileWriter",
    "mpx": "org.mpxj.mpx.MPXWriter",
    "planner": "org.mpxj.planner.PlannerWriter",
}
WRITE = """
import sys, jpype, mpxj
jpype.startJVM(convertStrings=True)
plan = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().read(sys.argv[1])
for argument in sys.argv[2:]:
    name, _, path = argument.partition("=")
    jpype.JClass(name)().write(plan, path)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: Any) -> dict[str, bytes]:
    """One plan in each format."""
    folder = tmp_path_factory.mktemp("plans")
    paths = {key: folder / f"plan.{key}" for key in WRITERS}
    arguments = [f"{WRITERS[key]}={path}" for key, path in paths.items()]
    subprocess.run([sys.executable, "-c", WRITE, str(SAMPLES / "plan-projet.xml"), *arguments], check=True)
    return {key: path.read_bytes() for key, path in paths.items()}


def refusal(content: bytes, key: str, **limits: Any) -> ProblemCode:
    with pytest.raises(ImportRefused) as raised:
        convert(content, key, **limits)
    assert sentence(raised.value.problem).startswith(("Ce fichier", "Ce plan", "La lecture", "Le fichier"))
    return raised.value.problem.code


@needs_java
@pytest.mark.parametrize("key", WRITERS)
def test_a_plan_of_another_program_becomes_one_of_ours(files: dict[str, bytes], key: str) -> None:
    name = "plan.xml" if key == "pmxml" else f"plan.{key}"
    assert foreign_format(name, files[key]) == key
    converted = convert(files[key], key)
    read, original = read_mspdi(converted.content), read_mspdi(sample("plan-projet.xml"))
    assert {one.name for one in original.tasks} <= {one.name for one in read.tasks}
    assert len(read.links) == len(original.links)
    assert not [one for one in read.problems if one.is_error]


@needs_java
@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\x00\x01 nonsense" * 500, "xer"),
        (OLE_HEADER + b"\x00" * 4096, "mpp"),
        (OLE_HEADER + bytes(range(256)) * 64, "mpp"),
        (b"MPX,Microsoft Project for Windows,4.0,ANSI\r\n70,1,\xff\xfe\r\n", "mpx"),
        (b"<?xml version='1.0'?><APIBusinessObjects><Project><WBS/></Project></APIBusinessObjects>", "pmxml"),
        (b"PK\x03\x04 not an archive", "pod"),
    ],
    ids=["noise", "empty compound file", "noisy compound file", "cut mpx", "empty pmxml", "no archive"],
)
def test_what_is_no_plan_ends_in_a_sentence(content: bytes, key: str) -> None:
    assert refusal(content, key) in {ProblemCode.UNREADABLE_PLAN, ProblemCode.EMPTY_PLAN}


@needs_java
def test_a_cut_file_ends_in_a_sentence_or_a_shorter_plan(files: dict[str, bytes]) -> None:
    for key in ("xer", "pmxml"):
        try:
            convert(files[key][: len(files[key]) // 2], key)
        except ImportRefused as error:
            assert error.problem.code in {ProblemCode.UNREADABLE_PLAN, ProblemCode.EMPTY_PLAN}


@needs_java
def test_entities_and_archives_that_swell_are_not_even_tried(files: dict[str, bytes]) -> None:
    hostile = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    assert refusal(hostile + files["pmxml"].partition(b"?>")[2], "pmxml") is ProblemCode.HOSTILE_XML
    assert refusal(hostile.decode().encode("utf-16"), "pmxml") is ProblemCode.HOSTILE_XML
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\x00" * (conversion.MOST_UNPACKED + 1))
    assert refusal(stream.getvalue(), "pod") is ProblemCode.ZIP_BOMB


def test_an_archive_of_a_version_to_come_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "is_available", lambda: True)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("plan", b"x")
    content = bytearray(stream.getvalue())
    content[content.index(b"PK\x01\x02") + 6] = 99  # the version needed to extract
    with pytest.raises(ImportRefused) as raised:
        refuse_unreadable(bytes(content), "pod")
    assert raised.value.problem.code is ProblemCode.UNREADABLE_PLAN


@needs_java
def test_time_and_memory_are_bounded(files: dict[str, bytes]) -> None:
    """The process ends with all that it has started, and its folder goes."""
    assert refusal(files["xer"], "xer", seconds=0.2) is ProblemCode.CONVERSION_TOO_LONG
    assert refusal(files["xer"], "xer", megabytes=2) in {
        ProblemCode.CONVERSION_TOO_LARGE,
        ProblemCode.CONVERSION_STOPPED,
        ProblemCode.UNREADABLE_PLAN,
    }
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(conversion.CHILD) not in running


def test_without_java_the_person_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "is_available", lambda: False)
    with pytest.raises(ImportRefused) as raised:
        refuse_unreadable(OLE_HEADER, "mpp")
    assert "Java" in sentence(raised.value.problem)
    assert "format XML de Microsoft Project" in sentence(raised.value.problem)


def test_the_screen_says_what_the_server_reads(
    world: World, client_of: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    for is_there, said in ((True, "Primavera P6 (.xer, .xml)"), (False, "d’installer Java et MPXJ")):
        monkeypatch.setattr("integrations.imports.forms.is_available", lambda answer=is_there: answer)
        assert said in client_of(world.pmo).get(world.url("/imports/")).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.mpp", OLE_HEADER, "mpp"),
        ("a.xls", OLE_HEADER, "mpp"),
        ("a.mpt", OLE_HEADER, "mpt"),
        ("a.txt", b"ERMHDR\t18.8", "xer"),
        ("a.xml", b"\xef\xbb\xbf<APIBusinessObjects/>", "pmxml"),
        ("a.gan", b"<project/>", "gan"),
        ("a.ppx", b"<project/>", "ppx"),
        ("a.xml", sample("plan-projet.xml"), None),
        ("a.mpp", sample("plan-projet.xml"), None),
        ("a.xml", b"<rss/>", None),
        ("a.xml", b"<!DOCTYPE a []><project/>", None),
        ("a.pdf", b"%PDF", None),
        ("a.sp", b"anything", "sp"),
    ],
)
def test_formats_are_told_by_what_files_hold(name: str, content: bytes, key: str | None) -> None:
    assert foreign_format(name, content) == key


def test_the_field_offers_every_format() -> None:
    assert ACCEPTED.startswith(".xml,.mpp,")
    assert set(ACCEPTED.split(",")) == {".xml"} | {f".{key}" for key in FORMATS if key != "pmxml"}


@needs_java
def test_a_primavera_plan_is_imported_by_a_job(
    world: World, files: dict[str, bytes], client_of: Callable[[Any], Client]
) -> None:
    """The project manager brings it; its preview is that of any plan, with its certificate."""
    member = world.memberships["pmo"]
    with world.within():
        pole = create_pole(actor=member.actor, code="IT", name="Informatique")
        given = {"actor": member.actor, "member": member, "name": "plan.xer", "content": files["xer"]}
        row = bring_plan(**given, new_project={"code": "P6", "name": "Venu de P6", "pole": str(pole.pk)})
        assert row.state == ImportState.READING
    run_job(tenant=world.atelier, job_id=row.job_id)
    with world.within():
        row = Import.objects.select_related("converted").get(pk=row.pk)
        assert row.state == ImportState.PREVIEWED, row.result
        assert row.converted is not None
    page = client_of(world.pmo).get(world.url(f"/imports/{row.pk}/")).content.decode()
    assert "Primavera P6 (.xer)" in page
    with world.within():
        row = begin(actor=member.actor, row=row)
        run_import(actor=member.actor, member=member, row=row)
        assert Task.objects.filter(project=row.project).count() == row.preview["counts"]["tasks"]
        assert Dependency.objects.filter(project=row.project).exists()


@needs_java
def test_a_bad_file_fails_its_job_in_a_sentence_and_can_be_replaced(world: World, files: dict[str, bytes]) -> None:
    member = world.memberships["pmo"]
    with world.within():
        pole = create_pole(actor=member.actor, code="IT", name="Informatique")
        new = {"code": "P6", "name": "Venu de P6", "pole": str(pole.pk)}
        given = {"actor": member.actor, "member": member, "name": "plan.mpp"}
        row = bring_plan(**given, content=OLE_HEADER + b"\x00" * 2048, new_project=new)
    run_job(tenant=world.atelier, job_id=row.job_id)
    with world.within():
        row = Import.objects.get(pk=row.pk)
        assert row.state == ImportState.FAILED
        assert "n’est pas un plan Microsoft Project (.mpp) lisible" in row.result["message"]
        row = bring_plan(
            actor=member.actor, member=member, name="plan.xml", content=sample("plan-projet.xml"), row=row
        )
        assert (row.state, row.converted_id) == (ImportState.PREVIEWED, None)


def test_a_file_over_the_limit_is_refused_before_anything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    member = world.memberships["pmo"]
    with world.within(), pytest.raises(ValidationError, match="Mo sont acceptés"):
        pole = create_pole(actor=member.actor, code="IT", name="Informatique")
        new = {"code": "P6", "name": "", "pole": str(pole.pk)}
        content = b"ERMHDR" + b" " * 20_000_001
        bring_plan(actor=member.actor, member=member, name="plan.xer", content=content, new_project=new)


def test_the_child_knows_nothing_of_the_product() -> None:
    text = Path(conversion.CHILD).read_text(encoding="utf-8")
    assert not any(name in text for name in ("django", "from integrations", "import tech4value"))
