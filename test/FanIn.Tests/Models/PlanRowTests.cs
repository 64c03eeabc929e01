namespace FanIn.Tests;

public sealed class PlanRowTests
{
    [Fact]
    public void PackedBlocksHaveTheValuesOfSeparateTensors()
    {
        TensorDescription block = TensorDescription.Dense(4, 6);
        foreach (string rule in (string[])["xavier_uniform", "orthogonal", "he_normal(mode=fan_out)"])
        {
            Initializer initializer = Initializer.Parse(rule);
            PlanRow row = Row(
                ParameterDescription.Packed("attn.in_proj", ["q", "k", "v"], block, ParameterRole.Weight),
                initializer
            );
            (float[] packed, double[] wide) = (new float[72], new double[72]);
            row.Fill(packed, 11);
            row.Fill(wide, 11);
            foreach ((int index, string name) in ((string[])["q", "k", "v"]).Index())
            {
                (float[] single, double[] singleWide) = (new float[24], new double[24]);
                initializer.Fill(single, block, 11, $"attn.in_proj#{name}");
                initializer.Fill(singleWide, block, 11, $"attn.in_proj#{name}");
                Assert.Equal(single, packed[(24 * index)..(24 * (index + 1))]);
                Assert.Equal(singleWide, wide[(24 * index)..(24 * (index + 1))]);
            }
            Assert.Equal(initializer.StandardDeviation(block), row.StandardDeviation);
        }
    }

    /// <summary>[in, blocks x out], as Keras's gates and GPT-2's Conv1D lie: each row has a piece of every block.</summary>
    [Fact]
    public void BlocksAlongTheLastAxisHaveTheValuesOfSeparateTensorsToo()
    {
        TensorDescription block = TensorDescription.Dense(4, 6, WeightLayout.Keras);
        Initializer initializer = Initializer.Orthogonal();
        PlanRow row = Row(
            ParameterDescription.Packed("c_attn", ["q", "k", "v"], block, ParameterRole.Weight, axis: -1),
            initializer
        );
        BFloat16[] packed = new BFloat16[72];
        row.Fill(packed, 11);
        foreach ((int index, string name) in ((string[])["q", "k", "v"]).Index())
        {
            BFloat16[] canonical = new BFloat16[24];
            initializer.Fill(canonical, TensorDescription.Dense(4, 6), 11, $"c_attn#{name}");
            for (int input = 0; input < 6; input++)
            {
                for (int output = 0; output < 4; output++)
                {
                    Assert.Equal(canonical[(output * 6) + input], packed[(input * 12) + (index * 4) + output]);
                }
            }
        }
        var error = Assert.Throws<NotSupportedException>(() => row.FillPart(new float[10], 3, 11));
        Assert.Equal(
            "orthogonal fills whole tensors, not parts of them: its elements depend on one another.",
            error.Message
        );
    }

    /// <summary>Grouped-query attention: fewer keys and values than queries.</summary>
    [Fact]
    public void BlocksMayDifferInSize()
    {
        ParameterDescription parameter = new("qkv", TensorDescription.Plain(12, 6), ParameterRole.Weight)
        {
            Blocks =
            [
                new("q", TensorDescription.Dense(8, 6)),
                new("k", TensorDescription.Dense(2, 6)),
                new("v", TensorDescription.Dense(2, 6)),
            ],
        };
        PlanRow row = Row(parameter, Initializer.XavierUniform());
        float[] packed = new float[72];
        row.Fill(packed, 3);
        Assert.Equal(Drawn(TensorDescription.Dense(8, 6), "qkv#q"), packed[..48]);
        Assert.Equal(Drawn(TensorDescription.Dense(2, 6), "qkv#k"), packed[48..60]);
        Assert.Equal(Drawn(TensorDescription.Dense(2, 6), "qkv#v"), packed[60..]);
        Assert.Null(row.StandardDeviation);
        Assert.Equal(Initializer.XavierUniform(), row.Initializer);
        float[] part = new float[20];
        row.FillPart(part, 40, 3);
        Assert.Equal(packed[40..60], part);

        static float[] Drawn(TensorDescription tensor, string key)
        {
            float[] values = new float[tensor.Count];
            Initializer.XavierUniform().Fill(values, tensor, 3, key);
            return values;
        }
    }

    /// <summary>[experts, out, in]: the fan of one expert, a key each.</summary>
    [Fact]
    public void StackedExpertsAreTensorsOfTheirOwn()
    {
        TensorDescription expert = TensorDescription.Dense(4, 6);
        ParameterDescription stacked = new("experts.up", TensorDescription.Plain(3, 4, 6), ParameterRole.Weight)
        {
            Blocks = [.. ParameterBlock.Each(["0", "1", "2"], expert)],
        };
        PlanRow row = Row(stacked, Initializer.HeNormal());
        float[] values = new float[72];
        row.Fill(values, 5);
        for (int e = 0; e < 3; e++)
        {
            float[] single = new float[24];
            Initializer.HeNormal().Fill(single, expert, 5, $"experts.up#{e}");
            Assert.Equal(single, values[(24 * e)..(24 * (e + 1))]);
        }
        Assert.Equal(Math.Sqrt(2.0 / 6), row.StandardDeviation!.Value, 1e-15);
    }

    [Fact]
    public void APartOfAParameterMayKeepItsValues()
    {
        ParameterDescription parameter = ParameterDescription.Packed(
            "w",
            ["a", "b"],
            TensorDescription.Dense(2, 3, WeightLayout.Keras),
            ParameterRole.Weight,
            1
        );
        PlanRow row = new(parameter, "w", Initializer.Ones);
        row = row with { Parts = [row.Parts[0] with { Initializer = null }, row.Parts[1]] };
        float[] values = [.. Enumerable.Repeat(7f, 12)];
        row.Fill(values, 1);
        Assert.Equal([7, 7, 1, 1, 7, 7, 1, 1, 7, 7, 1, 1], values);
        Assert.False(row.IsKept);
        Assert.Null(row.Initializer);
    }

    [Fact]
    public void BlocksMakeUpTheirParameter()
    {
        ParameterDescription whole = new("w", TensorDescription.Plain(12, 6), ParameterRole.Weight);
        Assert.Equal(
            "The blocks of 'w' have 11 together along axis 0, where [12, 6] has 12.",
            Fault(whole with { Blocks = [new("a", TensorDescription.Dense(11, 6))] })
        );
        Assert.Equal(
            "The block 'a' of 'w' has shape [12, 5], which is no part of [12, 6] along axis 0.",
            Fault(whole with { Blocks = [new("a", TensorDescription.Dense(12, 5))] })
        );
        Assert.Equal(
            "The blocks of 'w' lie along axis 2, but [12, 6] has axes 0 .. 1.",
            Fault(whole with { Blocks = [new("a", TensorDescription.Dense(12, 6))], BlockAxis = 2 })
        );
        Assert.StartsWith(
            "[3] has no axis 1; it has 1.",
            Assert
                .Throws<ArgumentException>(() =>
                    ParameterDescription.Packed("b", ["x"], TensorDescription.Plain(3), ParameterRole.Bias, 1)
                )
                .Message
        );
        Assert.StartsWith(
            $"3 blocks of [{long.MaxValue / 2}] make more than 2^63 elements.",
            Assert
                .Throws<ArgumentException>(() =>
                    ParameterDescription.Packed(
                        "b",
                        ["x", "y", "z"],
                        TensorDescription.Plain(long.MaxValue / 2),
                        ParameterRole.Bias
                    )
                )
                .Message
        );
        Assert.Equal("parameters", Assert.Throws<ArgumentNullException>(() => new ModelDescription([null!])).ParamName);

        static string Fault(ParameterDescription parameter) =>
            Assert.Throws<ArgumentException>(() => new ModelDescription([parameter])).Message.Split(" (Param")[0];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void ThePaddingRowIsZeroAndTheOthersAsWithout(long padding)
    {
        TensorDescription table = TensorDescription.Embedding(5, 3);
        (float[] with, float[] without) = (new float[15], new float[15]);
        Row(new("e", table, ParameterRole.Embedding) { PaddingRow = padding }, Initializer.Normal()).Fill(with, 1);
        Row(new("e", table, ParameterRole.Embedding), Initializer.Normal()).Fill(without, 1);
        without.AsSpan((int)padding * 3, 3).Clear();
        Assert.Equal(without, with);
        Assert.Equal(12, with.Count(x => x != 0));
    }

    [Fact]
    public void ThePaddingRowMustBeARowOfATable()
    {
        TensorDescription table = TensorDescription.Embedding(5, 3);
        foreach (long row in (long[])[-1, 5, 1L << 40])
        {
            var parameter = new ParameterDescription("e", table, ParameterRole.Embedding) { PaddingRow = row };
            var error = Assert.Throws<ArgumentException>(() => new ModelDescription([parameter]));
            Assert.StartsWith($"The padding row {row} of 'e' isn't one of its rows 0 .. 4.", error.Message);
        }
        var dense = new ParameterDescription("w", TensorDescription.Dense(5, 3), ParameterRole.Weight)
        {
            PaddingRow = 1,
        };
        Assert.StartsWith(
            "'w' has a padding row, but [5, 3] torch is no embedding.",
            Assert.Throws<ArgumentException>(() => new ModelDescription([dense])).Message
        );
    }

    [Fact]
    public void BlocksHaveNamesOfTheirOwn()
    {
        var twice = ParameterDescription.Packed("w", ["q", "q"], TensorDescription.Dense(5, 3), ParameterRole.Weight);
        Assert.StartsWith(
            "Two blocks of 'w' are called 'q'; they would get the same values.",
            Assert.Throws<ArgumentException>(() => new ModelDescription([twice])).Message
        );
    }

    [Fact]
    public void TheSpanIsTheWholeParameter()
    {
        PlanRow row = Row(
            ParameterDescription.Packed("w", ["a", "b"], TensorDescription.Dense(4, 6), ParameterRole.Weight),
            Initializer.HeNormal()
        );
        foreach (int length in (int[])[0, 24, 47, 49])
        {
            var error = Assert.Throws<ArgumentException>(() => row.Fill(new float[length], 1));
            Assert.StartsWith($"The span has {length} elements, but 'w' has 48.", error.Message);
        }
    }

    [Fact]
    public void DataDrivenRulesNeedMoreThanARow()
    {
        PlanRow row = Row(new("w", TensorDescription.Dense(4, 6), ParameterRole.Weight), Initializer.Lsuv());
        Assert.Null(row.StandardDeviation);
        Assert.Throws<NotSupportedException>(() => row.Fill(new float[24], 1));
    }

    [Fact]
    public void ValuesDoNotDependOnTheOtherParameters()
    {
        ParameterDescription last = new("z", TensorDescription.Dense(4, 6), ParameterRole.Weight);
        Recipe recipe = Recipe.Of(Initializer.HeNormal());
        Plan alone = recipe.Apply(new([last]));
        Plan among = recipe.Apply(
            new([
                new("b", TensorDescription.Plain(4), ParameterRole.Bias),
                new("a", TensorDescription.Dense(9, 9), ParameterRole.Weight),
                last,
            ])
        );
        (float[] first, float[] second, float[] other) = (new float[24], new float[24], new float[81]);
        alone.Rows[0].Fill(first, 5);
        among.Rows[1].Fill(other, 5);
        among.Rows[2].Fill(second, 5);
        Assert.Equal(first, second);
    }

    private static PlanRow Row(ParameterDescription parameter, Initializer initializer) =>
        new Recipe([Rule.For(parameter.Name, initializer)]).Apply(new([parameter])).Rows[0];
}
