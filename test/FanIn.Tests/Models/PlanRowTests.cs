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
                new("attn.in_proj", block, ParameterRole.Weight) { Blocks = ["q", "k", "v"] },
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
        var twice = new ParameterDescription("w", TensorDescription.Dense(5, 3), ParameterRole.Weight)
        {
            Blocks = ["q", "q"],
        };
        Assert.StartsWith(
            "Two blocks of 'w' are called 'q'; they would get the same values.",
            Assert.Throws<ArgumentException>(() => new ModelDescription([twice])).Message
        );
    }

    [Fact]
    public void TheSpanIsTheWholeParameter()
    {
        PlanRow row = Row(
            new("w", TensorDescription.Dense(4, 6), ParameterRole.Weight) { Blocks = ["a", "b"] },
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
