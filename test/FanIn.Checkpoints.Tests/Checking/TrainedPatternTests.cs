namespace FanIn.Checkpoints.Tests;

/// <summary>A weight of a trained checkpoint may hold any pattern: none is called a slip that it isn't.</summary>
public sealed class TrainedPatternTests
{
    private const string Llama =
        """{"model_type": "llama", "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 2000}""";

    private const string Up = "model.layers.1.mlp.up_proj.weight";

    private static readonly Dictionary<string, Func<int, int, Random, double>> s_patterns = new(StringComparer.Ordinal)
    {
        ["ternary"] = (_, _, random) => 0.05 * (random.Next(3) - 1),
        ["binary"] = (_, _, random) => 0.05 * ((2 * random.Next(2)) - 1),
        ["diagonal"] = (r, c, _) => c == r % 128 ? 0.5 + (0.01 * r) : 0,
        ["identity"] = (r, c, _) => c == r ? 1 : 0,
        ["choices"] = (r, c, _) => c == r * 37 % 128 ? 1 : 0,
        ["sparse"] = (_, _, random) => random.Next(100) == 0 ? DraftCheckpoint.Normal(random) : 0,
        ["powers of 2"] = (_, _, random) => (random.Next(2) - 0.5) * Math.Pow(2, -random.Next(7)),
        ["cosines"] = (r, c, _) => Math.Cos(Math.PI * (c + 0.5) * r / 256),
        ["growing"] = (r, c, _) => (r * 0.001) + (c * 1e-5),
        ["growing scale"] = (r, _, random) => (0.01 + (0.0001 * r)) * DraftCheckpoint.Normal(random),
    };

    public static TheoryData<string> Patterns => [.. s_patterns.Keys];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void NoPatternIsASlip(string name)
    {
        foreach (SafetensorsType type in (SafetensorsType[])[SafetensorsType.F32, SafetensorsType.BF16])
        {
            DraftCheckpoint draft = new DraftCheckpoint(Llama) { Type = type }.Train();
            int i = 0;
            draft.Draw(Up, random => s_patterns[name](i / 128, i++ % 128, random));
            CheckpointReport report = draft.Check();
            Assert.Equal(("healthy", SignalExpectation.Trained), (report.Verdict, report.Expectation));
            Assert.Equal("healthy", draft.Check(withConfig: false).Verdict);
        }
    }

    /// <summary>As ranks leave them: four of a scale each. Heads may learn so too, and nothing tells them apart: a note.</summary>
    [Fact]
    public void EqualPartsOfScalesOfTheirOwnAreNoted()
    {
        DraftCheckpoint draft = new DraftCheckpoint(Llama).Train();
        int i = 0;
        draft.Draw(Up, random => (1 + (i++ / (64 * 128))) * 0.02 * DraftCheckpoint.Normal(random));
        CheckpointReport report = draft.Check();
        Assert.Equal("healthy", report.Verdict);
        SignalFinding note = Assert.Single(report.Findings, finding => finding.Kind == FindingKind.ShardBoundary);
        Assert.Equal((Up, FindingSeverity.Note), (note.Layer, note.Severity));
        Assert.Contains("rows 64..127 have deviation 0.0", note.Message, StringComparison.Ordinal);
    }
}
