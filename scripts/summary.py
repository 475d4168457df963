"""Adds up JUnit reports, names what failed, and prints one closing line; fails where a test failed or none ran."""

import sys
import xml.etree.ElementTree as ET

total = failed = skipped = 0
for path in sys.argv[1:]:
    root = ET.parse(path).getroot()
    for suite in root.iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    for case in root.iter("testcase"):
        for fault in [*case.findall("failure"), *case.findall("error")]:
            told = " ".join((fault.get("message") or fault.text or "").split())
            print(f"FAILED {case.get('classname')}.{case.get('name')}: {told[:1000]}")
print(f"{total - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed or total == 0 else 0)
