"""The order of the elements of an MSPDI file, and what each is for.

Source: Microsoft, "Project XML Data Interchange schema" (mspdi_pj15.xsd), in the order in which Project
itself writes: where the schema and its own files differ (views, manual dates), the files are followed.
"""

from typing import Final

NAMESPACE: Final = "http://schemas.microsoft.com/project"

_ORDER: Final = {
    "Project": """
        SaveVersion BuildNumber UID Name GUID Title Subject Category Company Manager Author CreationDate
        Revision LastSaved ScheduleFromStart StartDate FinishDate FYStartDate CriticalSlackLimit
        CurrencyDigits CurrencySymbol CurrencyCode CurrencySymbolPosition CalendarUID DefaultStartTime
        DefaultFinishTime MinutesPerDay MinutesPerWeek DaysPerMonth DefaultTaskType DefaultFixedCostAccrual
        DefaultStandardRate DefaultOvertimeRate DurationFormat WorkFormat EditableActualCosts
        HonorConstraints EarnedValueMethod InsertedProjectsLikeSummary MultipleCriticalPaths
        NewTasksEffortDriven NewTasksEstimated SplitsInProgressTasks SpreadActualCost SpreadPercentComplete
        TaskUpdatesResource FiscalYearStart WeekStartDay MoveCompletedEndsBack MoveRemainingStartsBack
        MoveRemainingStartsForward MoveCompletedEndsForward BaselineForEarnedValue
        AutoAddNewResourcesAndTasks StatusDate CurrentDate MicrosoftProjectServerURL Autolink
        NewTaskStartDate NewTasksAreManual DefaultTaskEVMethod ProjectExternallyEdited ExtendedCreationDate
        ActualsInSync RemoveFileProperties AdminProject BaselineCalendar
        UpdateManuallyScheduledTasksWhenEditingLinks KeepTaskOnNearestWorkingTimeWhenMadeAutoScheduled Views
        Filters Groups Tables Maps Reports Drawings DataLinks VBAProjects OutlineCodes WBSMasks
        ExtendedAttributes Calendars Tasks Resources Assignments
    """,
    "Task": """
        UID GUID ID Name Active Manual Type IsNull CreateDate Contact WBS WBSLevel OutlineNumber
        OutlineLevel Priority StartText Start FinishText Finish DurationText Duration ManualStart
        ManualFinish ManualDuration DurationFormat FreeformDurationFormat Work Stop Resume ResumeValid
        EffortDriven Recurring OverAllocated Estimated Milestone Summary DisplayAsSummary Critical
        IsSubproject IsSubprojectReadOnly SubprojectName ExternalTask ExternalTaskProject EarlyStart
        EarlyFinish LateStart LateFinish StartVariance FinishVariance WorkVariance FreeSlack TotalSlack
        StartSlack FinishSlack FixedCost FixedCostAccrual PercentComplete PercentWorkComplete Cost
        OvertimeCost OvertimeWork ActualStart ActualFinish ActualDuration ActualCost ActualOvertimeCost
        ActualWork ActualOvertimeWork RegularWork RemainingDuration RemainingCost RemainingWork
        RemainingOvertimeCost RemainingOvertimeWork ACWP CV ConstraintType CalendarUID ConstraintDate
        Deadline LevelAssignments LevelingCanSplit LevelingDelay LevelingDelayFormat PreLeveledStart
        PreLeveledFinish Hyperlink HyperlinkAddress HyperlinkSubAddress IgnoreResourceCalendar Notes HideBar
        Rollup BCWS BCWP PhysicalPercentComplete EarnedValueMethod PredecessorLink ActualWorkProtected
        ActualOvertimeWorkProtected ExtendedAttribute Baseline OutlineCode IsPublished StatusManager
        CommitmentStart CommitmentFinish CommitmentType TimephasedData
    """,
    "Resource": """
        UID GUID ID Name Type IsNull Initials Phonetics NTAccount MaterialLabel Code Group WorkGroup
        EmailAddress Hyperlink HyperlinkAddress HyperlinkSubAddress MaxUnits PeakUnits OverAllocated
        AvailableFrom AvailableTo Start Finish CanLevel AccrueAt Work RegularWork OvertimeWork ActualWork
        RemainingWork ActualOvertimeWork RemainingOvertimeWork PercentWorkComplete StandardRate
        StandardRateFormat Cost OvertimeRate OvertimeRateFormat OvertimeCost CostPerUse ActualCost
        ActualOvertimeCost RemainingCost RemainingOvertimeCost WorkVariance CostVariance SV CV ACWP
        CalendarUID Notes BCWS BCWP IsGeneric IsInactive IsEnterprise BookingType ActualWorkProtected
        ActualOvertimeWorkProtected ActiveDirectoryGUID CreationDate ExtendedAttribute Baseline OutlineCode
        CostCenter IsCostResource AssnOwner AssnOwnerGuid IsBudget AvailabilityPeriods Rates TimephasedData
    """,
    "Assignment": """
        UID GUID TaskUID ResourceUID PercentWorkComplete ActualCost ActualFinish ActualOvertimeCost
        ActualOvertimeWork ActualStart ActualWork ACWP Confirmed Cost CostRateTable RateScale CostVariance
        CV Delay Finish FinishVariance Hyperlink HyperlinkAddress HyperlinkSubAddress WorkVariance
        HasFixedRateUnits FixedMaterial LevelingDelay LevelingDelayFormat LinkedFields Milestone Notes
        Overallocated OvertimeCost OvertimeWork PeakUnits RegularWork RemainingCost RemainingOvertimeCost
        RemainingOvertimeWork RemainingWork ResponsePending Start Stop Resume StartVariance Summary SV Units
        UpdateNeeded VAC Work WorkContour BCWS BCWP BookingType ActualWorkProtected
        ActualOvertimeWorkProtected CreationDate AssnOwner AssnOwnerGuid BudgetCost BudgetWork
        ExtendedAttribute Baseline TimephasedData
    """,
    "Calendar": """
        UID GUID Name IsBaseCalendar IsBaselineCalendar BaseCalendarUID WeekDays Exceptions WorkWeeks
    """,
    "Exception": """
        EnteredByOccurrences TimePeriod Occurrences Name Type Period DaysOfWeek MonthItem MonthPosition
        Month MonthDay DayWorking WorkingTimes
    """,
    "WeekDay": """
        DayType DayWorking TimePeriod WorkingTimes
    """,
    "PredecessorLink": """
        PredecessorUID Type CrossProject CrossProjectName LinkLag LagFormat
    """,
    "Baseline": """
        TimephasedData Number Interim Start Finish Duration DurationFormat EstimatedDuration Work Cost BCWS
        BCWP FixedCost
    """,
}
# The position of each child in its parent.
ORDER: Final = {parent: {name: rank for rank, name in enumerate(names.split())} for parent, names in _ORDER.items()}

# What tells apart the elements of a list: the children of one path are compared with those of the same key.
KEYS: Final = {
    "Baseline": "Number",
    "ExtendedAttribute": "FieldID",
    "PredecessorLink": "PredecessorUID",
    "WeekDay": "DayType",
    "OutlineCode": "FieldID",
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Computed by a scheduler from the rest of the plan: worth nothing once any date or link of it has moved.
SCHEDULED: Final = _names(
    """
    EarlyStart EarlyFinish LateStart LateFinish FreeSlack TotalSlack StartSlack FinishSlack Critical
    StartVariance FinishVariance WorkVariance
    """
)
# Computed from a task's own dates, work and progress: worth nothing once these have changed.
OF_DATES: Final = _names(
    """
    StartText FinishText DurationText FreeformDurationFormat Stop Resume PreLeveledStart PreLeveledFinish
    PercentWorkComplete ActualDuration RemainingDuration ActualWork RemainingWork RegularWork
    ActualWorkProtected ActualOvertimeWorkProtected OvertimeWork ActualOvertimeWork RemainingOvertimeWork Cost
    ActualCost RemainingCost OvertimeCost ActualOvertimeCost RemainingOvertimeCost BCWS BCWP ACWP CV SV VAC
    CostVariance StartVariance FinishVariance WorkVariance Delay LevelingDelay TimephasedData
    """
)
# Amounts of money, and what they can be computed back from.
AMOUNTS: Final = _names(
    """
    Cost FixedCost ActualCost RemainingCost OvertimeCost ActualOvertimeCost RemainingOvertimeCost CostVariance
    BCWS BCWP ACWP CV SV VAC BudgetCost StandardRate OvertimeRate CostPerUse Rates DefaultStandardRate
    DefaultOvertimeRate
    """
)
# Time-phased data without money: remaining, actual, overtime and baseline work of assignments, baseline work of
# resources and tasks, percent complete.
WORK_TIMEPHASED: Final = frozenset({"1", "2", "3", "4", "7", "9", "11"})


def _cost_fields() -> frozenset[int]:
    """The ids of the custom fields of money (Cost1 to Cost10, and their enterprise kin): tasks, resources,
    assignments. An id is the base of the table and the number of the field."""
    tables = (
        (0x0B400000, (range(106, 109), range(258, 265), range(599, 609))),
        (0x0C400000, (range(123, 126), range(166, 173), range(446, 456))),
        (0x0F400000, (range(119, 122), range(159, 166))),
    )
    return frozenset(base + number for base, spans in tables for span in spans for number in span)


COST_FIELDS: Final = _cost_fields()
