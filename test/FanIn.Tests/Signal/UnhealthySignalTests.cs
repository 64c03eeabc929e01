namespace FanIn.Tests.Signal;

public sealed class UnhealthySignalTests
{
    private static readonly SignalFinding s_dead = new(
        FindingKind.Dead,
        FindingSeverity.Warning,
        "fc2",
        "Half are dead."
    )
    {
        Fix = "he_normal",
        FixInitializer = Initializer.HeNormal(),
    };

    private static readonly SignalFinding s_note = new(FindingKind.Fluctuation, FindingSeverity.Note, "", "Narrow.");

    [Fact]
    public void AHealthyNetworkPasses()
    {
        Report().ThrowIfUnhealthy();
        Report(s_note).ThrowIfUnhealthy();
        Report(s_dead).ThrowIfUnhealthy(FindingSeverity.Error);
    }

    [Fact]
    public void AnotherOneIsToldWithItsFindings()
    {
        SignalReport report = Report(s_dead, s_note);

        UnhealthySignalException e = Assert.Throws<UnhealthySignalException>(() => report.ThrowIfUnhealthy());

        Assert.Same(report, e.Report);
        Assert.Equal(
            "The network's signal is not healthy: dead.\n- dead, fc2: Half are dead. Instead: he_normal",
            e.Message
        );
    }

    [Fact]
    public void NotesCountWhereTheyAreAskedFor() =>
        Assert.EndsWith(
            "\n- fluctuation: Narrow.",
            Assert
                .Throws<UnhealthySignalException>(() => Report(s_note).ThrowIfUnhealthy(FindingSeverity.Note))
                .Message,
            StringComparison.Ordinal
        );

    private static SignalReport Report(params SignalFinding[] findings) =>
        new([], [.. findings]) { Observation = new() { Layers = [] } };
}
