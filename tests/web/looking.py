"""What tests do at a page and look at: by keys, and by locators, which wait by themselves."""

from playwright.sync_api import Locator, Page, expect

MAX_TABS = 50
"""How often Tab is pressed on the way to an element."""
WHAT_IS_OUTSIDE = """() => {
  const page = document.documentElement
  const rightOf = element => Math.round(element.getBoundingClientRect().right)
  if (page.scrollWidth <= page.clientWidth) return []
  const outside = [...document.body.querySelectorAll('*')].filter(element => rightOf(element) > page.clientWidth)
  const name = element => `${element.tagName.toLowerCase()}.${element.getAttribute('class')}`
  return [`the page: ${page.scrollWidth} px`, ...outside.map(element => `${name(element)} to ${rightOf(element)} px`)]
}"""
MAX_SHOWN_ELEMENTS = 10


def press(page: Page, keys: str) -> None:
    """Presses keys one after the other, such as "j j Shift+ArrowRight Enter"."""
    for key in keys.split():
        page.keyboard.press(key)


def press_tab_until(page: Page, target: Locator) -> None:
    """Goes by Tab to the element. Raises `AssertionError` if the focus does not come there."""
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not come to {target}")


def see(page: Page, text: str) -> None:
    """Waits until the text is visible somewhere."""
    expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


def see_no(page: Page, text: str) -> None:
    """Waits until the text is visible nowhere."""
    expect(page.get_by_text(text).filter(visible=True)).to_have_count(0)


def no_sideways_scroll(page: Page) -> None:
    """Raises `AssertionError` for a page that is wider than its window, and names what is outside."""
    outside: list[str] = page.evaluate(WHAT_IS_OUTSIDE)
    assert not outside, "\n".join(["the page scrolls sideways:", *outside[:MAX_SHOWN_ELEMENTS]])
