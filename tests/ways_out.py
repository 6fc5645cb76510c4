"""What no script of a page may contain, as regular expressions."""

# Each opens a window or a connection, leaves the page, or turns text into code that could.
WAYS_OUT = (
    r"\bopen\s*\(",
    "fetch",
    "XMLHttpRequest",
    "sendBeacon",
    "WebSocket",
    "WebTransport",
    "EventSource",
    "postMessage",
    r"\bWorker",
    "RTCPeer",
    r"import\s*\(",
    r"\beval\b",
    r"\bFunction\b",
    r"submit\s*\(",
    "location",
    "innerHTML",
    "insertAdjacentHTML",
    "outerHTML",
    r"document\.write",
    "createElement",
    r"\.src\b",
    r"\.href\b",
    r"[\"']href[\"'](?!, URL\.createObjectURL\()",  # a file made from what the page holds leads nowhere
    r"importNode",
    "http",
    r"window\.",
)
