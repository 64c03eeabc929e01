namespace FanIn.Tests.Signal;

public class SignalAssertionTests
{
    private static readonly SignalFinding s_error = new(
        FindingKind.Vanishing,
        FindingSeverity.Error,
        "fc3",
        "It is small."
    )
    {
        Fix = "he_normal",
    };

    private static readonly SignalFinding s_warning = new(
        FindingKind.SoftmaxTwice,
        FindingSeverity.Warning,
        "",
        "Twice."
    );
    private static readonly SignalFinding s_note = new(FindingKind.TooDeep, FindingSeverity.Note, "fc1", "Deep.");

    [Fact]
    public void A_healthy_report_passes()
    {
        Report(s_note).ThrowIfUnhealthy();
        Report().ThrowIfUnhealthy(FindingSeverity.Note);
        Report(s_warning).ThrowIfUnhealthy(FindingSeverity.Error);
    }

    [Fact]
    public void The_message_is_the_table_of_findings_that_fail()
    {
        SignalReport report = Report(s_error, s_warning, s_note);

        var fault = Assert.Throws<UnhealthySignalException>(() => report.ThrowIfUnhealthy());

        Assert.Equal(
            """
            The signal is not healthy: vanishing.
            error    vanishing      fc3        It is small.
                                               fix: he_normal
            warning  softmax-twice  (network)  Twice.
            """.ReplaceLineEndings("\n"),
            fault.Message
        );
        Assert.Same(report, fault.Report);
    }

    [Fact]
    public void The_least_severity_that_fails_can_be_chosen()
    {
        Assert.Throws<UnhealthySignalException>(() => Report(s_note).ThrowIfUnhealthy(FindingSeverity.Note));
        Assert.Throws<UnhealthySignalException>(() => Report(s_error).ThrowIfUnhealthy(FindingSeverity.Error));
    }

    private static SignalReport Report(params SignalFinding[] findings) =>
        new([], [.. findings]) { Observation = new() { Layers = [] } };
}
