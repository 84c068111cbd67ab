"""The HTTP API and the web page over a library: `create_app` makes the application.

`problems` turns failures into answers, `guard` refuses requests that browsers were tricked into,
`routes` translate requests into calls of `Library`. Nothing here reads a path that a client names
without resolving it inside a root.
"""
