using FanIn.TorchSharp.Tests.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal.Zoo;

/// <summary>Every planted fault is found, with its layer; no healthy network is accused.</summary>
public sealed class ZooTests
{
    public static TheoryData<string> Healthy => [.. HealthyNetworks.All.Select(n => n.Name)];

    public static TheoryData<string> Faulty => [.. FaultyNetworks.All.Select(n => n.Name)];

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Healthy_networks_are_not_accused(string name)
    {
        SignalReport report = Check(HealthyNetworks.All.Single(n => n.Name == name));
        Assert.True(report.IsHealthy, Told(report));
    }

    /// <summary>Its logits have a variance of about 7, so that its first loss on 16 examples is anywhere from 3 to 7.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void LeNet_is_healthy_with_any_seed(int seed)
    {
        using var scope = NewDisposeScope();
        ZooModel zoo = HealthyNetworks.All.Single(n => n.Name == "LeNet").Build();
        Recipe recipe = Recipe.Parse("he_normal").With([Rule.For("output.weight", "xavier_normal")]);
        zoo.Model.Initialize(recipe, seed);
        SignalReport report = SignalCheck.Run(zoo.Model, zoo.Batch, new() { IsClassifier = true });
        Assert.True(report.IsHealthy, Told(report));
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Faults_are_found_with_their_layer(string name)
    {
        ZooNetwork network = FaultyNetworks.All.Single(n => n.Name == name);
        SignalReport report = Check(network);
        Assert.True(report.Cause?.Kind == network.Verdict, Told(report));
        // The planted kind's first finding: the cause itself where the verdict is that kind.
        SignalFinding? found =
            network.Verdict == network.Kind
                ? report.Cause
                : report.Findings.FirstOrDefault(f => f.Kind == network.Kind);
        Assert.True(found?.Layer == network.Layer, Told(report));
        Assert.True(network.Verdict is null || found!.Severity != FindingSeverity.Note, Told(report));
    }

    /// <summary>What <c>--fix</c> writes: where an initializer mends the verdict's cause, the network is healthy with it.</summary>
    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_fix_mends(string name)
    {
        using var scope = NewDisposeScope();
        ZooModel zoo = FaultyNetworks.All.Single(n => n.Name == name).Build();
        SignalReport report = SignalCheck.Run(zoo.Model, zoo.Batch, zoo.Options);
        if (report.Cause is not { FixRules.IsEmpty: false })
        {
            return;
        }
        var model = new ModelDescription(report.Observation.Parameters.Select(p => p.Description));
        Recipe recipe = report.Fix(model, zoo.Options.Recipe);
        SignalReport mended = SignalCheck.Run(zoo.Model, zoo.Batch, zoo.Options with { Recipe = recipe });
        Assert.True(mended.IsHealthy, $"{Told(report)}\n{recipe}\n{Told(mended)}");
    }

    [Fact]
    public void A_verdict_other_than_the_planted_kind_is_one_of_a_higher_order_and_has_its_reason() =>
        Assert.All(
            FaultyNetworks.All.Where(n => n.Verdict != n.Kind),
            n =>
            {
                Assert.False(string.IsNullOrEmpty(n.Reason));
                Assert.True(n.Verdict is null || n.Verdict < n.Kind);
            }
        );

    /// <summary>Kinds that only a checkpoint's values have: the tests of its check have their faults.</summary>
    private static readonly FindingKind[] s_ofCheckpoints =
    [
        FindingKind.OtherTensors,
        FindingKind.Uninitialized,
        FindingKind.ShardBoundary,
        FindingKind.UnscaledDepth,
        FindingKind.WrongValues,
        FindingKind.PaddingRow,
    ];

    [Fact]
    public void Every_kind_of_finding_has_its_network() =>
        Assert.Equal(
            s_ofCheckpoints,
            Enum.GetValues<FindingKind>().Except(FaultyNetworks.All.Select(n => n.Kind!.Value))
        );

    [Fact]
    public void There_are_at_least_forty_faults_and_twenty_healthy_networks()
    {
        Assert.True(FaultyNetworks.All.Count >= 40, $"{FaultyNetworks.All.Count}");
        Assert.True(HealthyNetworks.All.Count >= 20, $"{HealthyNetworks.All.Count}");
    }

    private static SignalReport Check(ZooNetwork network)
    {
        using var scope = NewDisposeScope();
        ZooModel zoo = network.Build();
        return SignalCheck.Run(zoo.Model, zoo.Batch, zoo.Options);
    }

    private static string Told(SignalReport report) =>
        $"{report.Verdict}\n{string.Join('\n', report.Findings.Select(f => $"{f.Severity} {FindingKinds.Text(f.Kind)} '{f.Layer}': {f.Message}"))}";
}
