"""Conducts every audit: plans it, fits it to the budget, forecasts it, and runs it at once or step by step."""

from collections.abc import Iterator

from miaudit.auditing.anytime import check_grows, run_anytime
from miaudit.auditing.budget import within_budget
from miaudit.auditing.cost import forecast
from miaudit.auditing.execution import Execution
from miaudit.auditing.file_audit import audit_file
from miaudit.auditing.plan import Plan
from miaudit.auditing.planning import plan_of
from miaudit.auditing.request import FileRequest, Request
from miaudit.auditing.run import Finished, run
from miaudit.auditing.surrogates import choose


def conduct(request: Request | FileRequest, execution: Execution) -> Iterator[Finished]:
    """Carry out an audit. The last result is the whole one; with `anytime` there are preliminary ones before it.

    The plan is made at once, so that errors are raised before a cluster is joined. Everything else happens
    while the results are read. There are none if `agree` says no.

    Raises:
        UserError: the request cannot be carried out.
    """
    if isinstance(request, FileRequest):
        return _from_file(request, execution)
    plan = plan_of(request)
    if execution.anytime:
        check_grows(request)
    return _results(request, plan, execution)


def _from_file(request: FileRequest, execution: Execution) -> Iterator[Finished]:
    with execution.runner as runner:
        yield audit_file(request, execution.store, execution.listener, runner.processes_here)


def _results(request: Request, plan: Plan, execution: Execution) -> Iterator[Finished]:
    store, listener = execution.store, execution.listener
    with execution.runner as runner:
        if execution.budget is not None:
            request, plan = _fitted(request, plan, execution.budget, runner.at_once)
        if execution.agree is not None and not execution.agree(forecast(plan, store, runner.at_once)):
            return
        if request.surrogates:
            request = choose(request, plan, store, runner, listener)
            plan = plan_of(request)
            if execution.budget is not None:  # other models take another time than those of the first forecast
                request, plan = _fitted(request, plan, execution.budget, runner.at_once)
        if execution.anytime:
            yield from run_anytime(request, plan, store, runner, listener)
        else:
            yield run(plan, store, runner, listener)


def _fitted(request: Request, plan: Plan, budget: float, at_once: int | None) -> tuple[Request, Plan]:
    """The request and its plan with a pool that can be trained within the budget."""
    fitted = within_budget(request, plan, budget, at_once)
    return (request, plan) if fitted is request else (fitted, plan_of(fitted))
