"""What a first visit loads, and that nothing moves while it does."""

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MOST = 60 << 10
WATCH = (
    "window.shifts = 0;"
    "new PerformanceObserver(list => list.getEntries().forEach(one => { window.shifts += one.value }))"
    ".observe({type: 'layout-shift', buffered: true})"
)


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("path", ["/", "/search?q=lũ", "/search?q=", "/compare?q=lũ&with=bão"])
def test_a_first_visit_is_light_and_still(
    browser: Browser, address: str, path: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(address + path, wait_until="networkidle")
    assert sum(sizes) <= MOST, f"{sum(sizes)} bytes"
    assert page.evaluate("window.shifts") < 0.001
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
