using FanIn;

namespace Outside;

/// <summary>Weights of a network of one's own, on plain arrays.</summary>
public sealed class ArrayTests
{
    [Fact]
    public void EveryElementTypeIsTheSameDrawRoundedOnce()
    {
        TensorDescription tensor = TensorDescription.Dense(outputs: 16, inputs: 24);
        float[] single = Filled("he_normal", tensor);
        var half = new Half[tensor.Count];
        var brain = new BFloat16[tensor.Count];
        Initializer.HeNormal().Fill(half, tensor, seed: 3, key: "w");
        Initializer.HeNormal().Fill(brain, tensor, seed: 3, key: "w");
        Assert.Equal(single.Select(x => (Half)x), half);
        Assert.Equal(single.Select(x => (BFloat16)x), brain);
        var wide = new double[tensor.Count];
        Initializer.HeNormal().Fill(wide, tensor, seed: 3, key: "w");
        Assert.InRange(Math.Sqrt(wide.Average(x => x * x)), 0.25, 0.33); // sqrt(2 / 24) = 0.289
    }

    [Fact]
    public void PartsMakeTheWhole()
    {
        TensorDescription tensor = TensorDescription.Convolution(outputs: 8, inputs: 6, [3, 3]);
        foreach (string rule in (string[])["truncated_normal(std=0.02)", "he_uniform", "dirac"])
        {
            float[] whole = Filled(rule, tensor);
            float[] parts = new float[tensor.Count];
            int middle = 101;
            Initializer.Parse(rule).FillPart(parts.AsSpan(..middle), 0, tensor, seed: 3, key: "w");
            Initializer.Parse(rule).FillPart(parts.AsSpan(middle..), middle, tensor, seed: 3, key: "w");
            Assert.Equal(whole, parts);
        }
    }

    /// <summary>The connection from input i to output o has one value, however the array lies.</summary>
    [Theory]
    [InlineData("xavier_uniform")]
    [InlineData("orthogonal")]
    public void LayoutsAreViewsOfTheSameConnections(string rule)
    {
        float[] torch = Filled(rule, TensorDescription.Dense(4, 6));
        float[] keras = Filled(rule, TensorDescription.Dense(4, 6, WeightLayout.Keras));
        float[] kernel = Filled(rule, TensorDescription.Convolution(4, 6, [5]));
        float[] kerasKernel = Filled(rule, TensorDescription.Convolution(4, 6, [5], layout: WeightLayout.Keras));
        for (int o = 0; o < 4; o++)
        {
            for (int i = 0; i < 6; i++)
            {
                Assert.Equal(torch[(o * 6) + i], keras[(i * 4) + o]);
                for (int t = 0; t < 5; t++)
                {
                    Assert.Equal(kernel[(((o * 6) + i) * 5) + t], kerasKernel[(((t * 6) + i) * 4) + o]);
                }
            }
        }
    }

    /// <summary>Query, key and value in one array have the values of three arrays, whichever way they lie.</summary>
    [Fact]
    public void PackedBlocksAreTensorsOfTheirOwn()
    {
        string[] blocks = ["q", "k", "v"];
        TensorDescription block = TensorDescription.Dense(4, 4);
        ModelDescription model = new([
            ParameterDescription.Packed("rows.weight", blocks, block, ParameterRole.Weight),
            ParameterDescription.Packed(
                "columns.weight",
                blocks,
                TensorDescription.Dense(4, 4, WeightLayout.Keras),
                ParameterRole.Weight,
                axis: 1
            ),
        ]);
        Plan plan = Recipe.Parse("xavier").Apply(model);
        float[] rows = new float[48];
        float[] columns = new float[48];
        plan.Rows[0].Fill(rows, seed: 3);
        plan.Rows[1].Fill(columns, seed: 3);
        for (int b = 0; b < 3; b++)
        {
            Assert.Equal(
                Filled("xavier_uniform", block, $"rows.weight#{blocks[b]}"),
                rows.AsSpan(16 * b, 16).ToArray()
            );
            float[] alone = Filled("xavier_uniform", block, $"columns.weight#{blocks[b]}");
            for (int o = 0; o < 4; o++)
            {
                for (int i = 0; i < 4; i++)
                {
                    Assert.Equal(alone[(o * 4) + i], columns[(i * 12) + (4 * b) + o]);
                }
            }
        }
    }

    [Fact]
    public void WhatATensorIsCanBeAsked()
    {
        TensorDescription tensor = TensorDescription.FromShape([64, 8, 3, 3], WeightLayout.Torch, groups: 4);
        Assert.Equal((64L, 32L, 4L, 4608L), (tensor.Outputs, tensor.Inputs, tensor.Groups, tensor.Count));
        Assert.Equal(new Fan(8 * 9, 16 * 9), tensor.Fan);
        Assert.Equal(Math.Sqrt(2 / 72.0), Initializer.HeNormal().StandardDeviation(tensor)!.Value, 1e-15);
        Assert.Equal(1, DistinctUnits.Count(Filled("constant(0.1)", TensorDescription.Dense(5, 3)), units: 5));
        Assert.Equal(5, DistinctUnits.Count(Filled("he_normal", TensorDescription.Dense(5, 3)), units: 5));
    }

    [Fact]
    public void ErrorsSayWhatWouldBeRight()
    {
        Assert.Contains(
            "did you mean 'he_normal'?",
            Assert.Throws<SpellingException>(() => Initializer.Parse("he_nromal")).Message,
            StringComparison.Ordinal
        );
        Assert.False(Initializer.TryParse("kaiming", out _));
        Assert.Throws<ArgumentException>(() =>
            Initializer.HeNormal().Fill(new float[7], TensorDescription.Dense(2, 3), seed: 1, key: "w")
        );
        Assert.Throws<ArgumentException>(() =>
            Initializer.HeNormal().Fill(new float[3], TensorDescription.Plain(3), seed: 1, key: "bias")
        );
    }

    private static float[] Filled(string rule, TensorDescription tensor, string key = "w")
    {
        float[] values = new float[tensor.Count];
        Initializer.Parse(rule).Fill(values, tensor, seed: 3, key);
        return values;
    }
}
