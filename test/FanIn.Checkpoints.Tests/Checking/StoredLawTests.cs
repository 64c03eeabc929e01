namespace FanIn.Checkpoints.Tests;

/// <summary>
/// What was drawn by a rule is as planned, in every type, however far the rule's mean is from 0 and however few numbers the type
/// has there; what another rule drew is not, as far as the numbers show it.
/// </summary>
public sealed class StoredLawTests
{
    private const string Llama =
        """{"model_type": "llama", "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 2000, "pad_token_id": 0}""";

    private const string Up = "model.layers.1.mlp.up_proj.weight";

    public static TheoryData<string, SafetensorsType> Laws()
    {
        var data = new TheoryData<string, SafetensorsType>();
        foreach (
            string law in (string[])
                [
                    "normal(mean=1,std=1e-4)",
                    "normal(mean=10,std=0.001)",
                    "normal(mean=100,std=1)",
                    "normal(mean=-3,std=1)",
                    "normal(mean=1,std=0.01)",
                    "normal(mean=1,std=1e-7)",
                    "normal(mean=10.0000003,std=1e-5)",
                    "normal(mean=10,std=0.02)",
                    "normal(mean=3,std=0.7)",
                    "uniform(a=100,b=100.1)",
                    "uniform(a=0.99,b=1.02)",
                    "uniform(a=0,b=1)",
                    "truncated_normal(mean=5,std=0.1)",
                    "normal(std=1e-3)",
                    "normal(std=1e-5)",
                    "normal(std=1e-7)",
                    "normal(std=1e-9)",
                    "normal(std=1e-40)",
                    "normal(std=1e-44)",
                ]
        )
        {
            foreach (
                SafetensorsType type in (SafetensorsType[])
                    [SafetensorsType.F32, SafetensorsType.F64, SafetensorsType.BF16, SafetensorsType.F16]
            )
            {
                data.Add(law, type);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Laws))]
    public void WhatARuleDrewIsAsPlanned(string law, SafetensorsType type)
    {
        (DraftCheckpoint draft, Recipe recipe) = Drawn(law, type);
        CheckpointReport report = draft.Check(options: new() { Recipe = recipe });
        Assert.Empty(report.Findings);
        Assert.All(report.Tensors, tensor => Assert.Equal(TensorState.AsPlanned, tensor.State));
    }

    /// <summary>Slips of a rule whose mean is far from 0: of scale, of law, in one shard, of one seed.</summary>
    [Fact]
    public void WhatAnotherRuleDrewIsFoundFarFromZeroToo()
    {
        (DraftCheckpoint draft, Recipe recipe) = Drawn("normal(mean=10,std=0.001)", SafetensorsType.F32);
        float[] right = [.. draft[Up]];
        Expect("wrong-values", r => 10 + (0.0012 * DraftCheckpoint.Normal(r)), ", normal, 1.19");
        Expect("wrong-values", r => 10.0002 + (0.001 * DraftCheckpoint.Normal(r)), "has mean 10 and deviation 0.00");
        Expect("wrong-values", r => 10 + (0.001 * Math.Sqrt(12) * (r.NextDouble() - 0.5)), ", uniform");
        Expect("uninitialized", _ => 10, "is 10 everywhere");

        right.CopyTo(draft[Up], 0);
        for (int i = right.Length / 2; i < right.Length; i++)
        {
            draft[Up][i] = 10 + (1.4f * (draft[Up][i] - 10));
        }
        Assert.Contains("rows 128..255 have deviation 0.001", Only("shard-boundary"), StringComparison.Ordinal);

        draft["model.layers.0.mlp.up_proj.weight"].CopyTo(draft[Up], 0);
        Assert.Contains("have the same values", Only("identical"), StringComparison.Ordinal);

        void Expect(string verdict, Func<Random, double> next, string words)
        {
            draft.Draw(Up, next);
            Assert.Contains(words, Only(verdict), StringComparison.Ordinal);
        }

        string Only(string verdict)
        {
            CheckpointReport report = draft.Check(options: new() { Recipe = recipe });
            Assert.Equal(verdict, report.Verdict);
            return Assert.Single(report.Findings).Message;
        }
    }

    /// <summary>bfloat16 has one number in a deviation: not the shape, but mean and deviation are seen.</summary>
    [Fact]
    public void OfFewNumbersMeanAndDeviationAreSeen()
    {
        (DraftCheckpoint draft, Recipe recipe) = Drawn("normal(mean=1,std=0.008)", SafetensorsType.BF16);
        draft.Draw(Up, r => 1 + (0.012 * DraftCheckpoint.Normal(r)));
        SignalFinding finding = Assert.Single(draft.Check(options: new() { Recipe = recipe }).Findings);
        Assert.StartsWith("has deviation 0.012", finding.Message, StringComparison.Ordinal);
        draft.Draw(Up, r => 1.01 + (0.008 * DraftCheckpoint.Normal(r)));
        finding = Assert.Single(draft.Check(options: new() { Recipe = recipe }).Findings);
        Assert.StartsWith("has mean 1.01 and deviation 0.008", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers beyond float32's, in which values are judged, are neither infinite nor 0.</summary>
    [Theory]
    [InlineData(1e200, "has values up to 4.", "e200, above float32's largest (3.403e38)")]
    [InlineData(1e-60, "has values as small as 4.", "e-60, below float32's least (1.401e-45)")]
    public void ValuesBeyondFloat32ArentJudged(double scale, params string[] words)
    {
        var random = new Random(4);
        DraftCheckpoint draft = new(Llama) { Type = SafetensorsType.F64 };
        draft.Store(Up, [.. draft[Up].Select(_ => scale * DraftCheckpoint.Normal(random))]);
        CheckpointReport report = draft.Check();
        SignalFinding note = Assert.Single(report.Findings);
        Assert.Equal((FindingSeverity.Note, Up), (note.Severity, note.Layer));
        Assert.All(words, word => Assert.Contains(word, note.Message, StringComparison.Ordinal));
        TensorCheck check = Assert.Single(report.Tensors, tensor => tensor.Name == Up);
        Assert.Equal((TensorState.Unchecked, null), (check.State, check.Values));
    }

    /// <summary>A stray one that is too small is as good as 0, though not counted as such; NaN is NaN.</summary>
    [Fact]
    public void OtherValuesOfFloat64AreJudged()
    {
        DraftCheckpoint draft = new(Llama) { Type = SafetensorsType.F64 };
        double[] values = [.. draft[Up].Select(x => (double)x)];
        for (int i = 0; i < 100; i++)
        {
            values[i * 300] = i % 2 == 0 ? 1e-60 : -1e-320;
        }
        draft.Store(Up, values);
        Assert.Empty(draft.Check().Findings);

        (values[5], values[6]) = (double.NaN, 1e300);
        draft.Store(Up, values);
        Assert.Equal("has 1 of 32,768 values that are NaN or infinite", Assert.Single(draft.Check().Findings).Message);
    }

    private static (DraftCheckpoint Draft, Recipe Recipe) Drawn(string law, SafetensorsType type)
    {
        CheckpointModel model = CheckpointModel.FromConfig(Llama);
        Recipe recipe = model.Recipe!.With(Rule.For("*_proj.weight", Initializer.Parse(law)));
        recipe = recipe.With(Rule.For("*embed_tokens.weight", Initializer.Parse(law)));
        DraftCheckpoint draft = new(Llama) { Type = type };
        foreach (PlanRow row in model.PlanBy(recipe).Rows)
        {
            row.Fill(draft[row.Parameter.Name], 1);
        }
        return (draft, recipe);
    }
}
