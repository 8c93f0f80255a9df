"""The reader of the handlers' code: it derives the description of a route from code that it parses and never runs.

Start: `ROUTES`, a dict literal at the top of a handler's module, maps each route key, such as `GET /images`, to a
function, or to calls that wrap a function: `with_problems(index)`. The infrastructure takes its route keys from the
same table (`infrastructure.routes`). The reader follows every name in the function to its definition in this
repository, and every name in that definition, and so on. A method counts as reachable if its name occurs as an
attribute in reachable code, or if its class has a base class.

Read from the reachable code:

- the summary: the first sentence of the function's docstring, without the route key; the description: the others
- query parameters: the texts in calls of `only_query(request, "name", …)`, also those in constants that hold texts
- the range of `limit`: the arguments of `limit(request, most, default)`, where a route has its own
- fields of a JSON body: the texts in calls of `only_fields(body, "name", …)`
- statuses of success: the first argument of `json_response(200, …)`, and `"statusCode": 200` in a dict literal
- refusals: calls of `ApiError(status, code, detail, retryable=…, header=…)`. The status is a number, `table[code]`,
  `table.get(code, default)` or `a if error.code == "…" else b`, where `table` is a dict literal. The code is a text, or
  `error.code` in an `except` clause: then each constructor call of the caught exceptions gives a code and a detail
- refusals of sign-in, for routes that need a token: each `TokenError(code, detail)` of the authorizer

Not read: a name that is assigned in a function, a text that is composed, an error that another process reports. A route
declares these in its room's `openapi.py`, in addition to what is read: `Route(parameters=…, fields=…, statuses=…,
refusals=…)`. tests/openapi fails for an `ApiError` whose codes can be neither read nor are declared, and for a declared
body or status that differs from the code.
"""
