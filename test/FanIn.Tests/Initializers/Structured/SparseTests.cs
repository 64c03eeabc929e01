namespace FanIn.Tests;

public sealed class SparseTests
{
    private const string Key = "w";

    /// <summary>Of a unit's n connections, by n times the sparsity.</summary>
    [Theory]
    [InlineData("sparsity=0.9", 10, 9)]
    [InlineData("sparsity=0.9", 11, 10)]
    [InlineData("sparsity=0.9,count=floor", 11, 9)]
    [InlineData("sparsity=0.55", 100, 55)] // 55.000000000000007 in float64
    [InlineData("sparsity=0.29,count=floor", 100, 29)] // 28.999999999999996
    [InlineData("sparsity=1/3,count=floor", 3, 1)]
    [InlineData("sparsity=0.5,count=round", 5, 2)]
    [InlineData("sparsity=0.5,count=round", 7, 4)]
    [InlineData("sparsity=0", 7, 0)]
    [InlineData("sparsity=1", 7, 7)]
    [InlineData("sparsity=1e-9", 7, 1)]
    public void ZerosOfEveryUnit(string arguments, int connections, int zeros)
    {
        double[,,,] inputs = Structured.Connections(
            Initializer.Parse($"sparse({arguments})"),
            TensorDescription.Dense(31, connections)
        );
        double[,,,] outputs = Structured.Connections(
            Initializer.Parse($"sparse({arguments},axis=output)"),
            TensorDescription.Dense(connections, 31)
        );
        for (int unit = 0; unit < 31; unit++)
        {
            Assert.Equal(zeros, Enumerable.Range(0, connections).Count(i => inputs[0, unit, i, 0] == 0));
            Assert.Equal(zeros, Enumerable.Range(0, connections).Count(o => outputs[0, o, unit, 0] == 0));
        }
    }

    /// <summary>A second implementation, from the streams: the least uniforms of each unit, in order where equal.</summary>
    [Theory]
    [InlineData(SparseAxis.Input, 1, 6, 10, new long[0])]
    [InlineData(SparseAxis.Output, 1, 6, 10, new long[0])]
    [InlineData(SparseAxis.Input, 3, 6, 12, new long[] { 2, 3 })]
    [InlineData(SparseAxis.Output, 3, 6, 12, new long[] { 2, 3 })]
    [InlineData(SparseAxis.Output, 2, 600, 800, new long[] { 3 })] // several batches
    [InlineData(SparseAxis.Input, 0, 30, 7, new long[0])] // a table
    [InlineData(SparseAxis.Output, 0, 30, 7, new long[0])]
    public void PositionsAndValuesAreTheStreams(SparseAxis axis, int groups, int outputs, int inputs, long[] taps)
    {
        TensorDescription tensor =
            groups == 0
                ? TensorDescription.Embedding(inputs, outputs)
                : TensorDescription.Convolution(outputs, inputs, taps, groups);
        int count = (int)tensor.Count;
        (double[] uniforms, double[] normals) = (new double[count], new double[count]);
        RandomStream.Create(5, Key + "#positions").FillUniform(uniforms);
        Initializer.Normal(0, 3).Fill(normals, tensor, 5, Key);
        int size = (int)tensor.TapCount;
        int perGroup = groups == 0 ? 0 : inputs / groups;
        var units = Enumerable
            .Range(0, count)
            .GroupBy(index =>
                groups == 0 ? (0, (axis == SparseAxis.Input) ? index % outputs : index / outputs)
                : axis == SparseAxis.Input ? (0, index / (perGroup * size))
                : (index / (perGroup * size) / (outputs / groups), index / size % perGroup)
            );
        foreach (var unit in units)
        {
            int zeros = (int)Math.Ceiling(0.7 * unit.Count());
            foreach (int index in unit.OrderBy(index => uniforms[index]).Take(zeros))
            {
                normals[index] = 0;
            }
        }
        double[] found = new double[count];
        Initializer.Sparse(0.7, 3, axis).Fill(found, tensor, 5, Key);
        Assert.Equal(normals, found);
    }

    [Fact]
    public void BernoulliTakesEachConnectionByItself()
    {
        TensorDescription tensor = TensorDescription.Dense(400, 500, WeightLayout.Keras);
        (double[] uniforms, double[] normals, double[] found) = (
            new double[200_000],
            new double[200_000],
            new double[200_000]
        );
        RandomStream.Create(5, Key + "#positions").FillUniform(uniforms);
        Initializer.Normal(0, 3).Fill(normals, tensor, 5, Key);
        Initializer.Sparse(0.7, 3, count: SparseCount.Bernoulli).Fill(found, tensor, 5, Key);
        for (int o = 0; o < 400; o++)
        {
            for (int i = 0; i < 500; i++)
            {
                int stored = (i * 400) + o;
                Assert.Equal(uniforms[(o * 500) + i] < 0.7 ? 0 : normals[stored], found[stored]);
            }
        }
    }

    [Fact]
    public void AllElementTypesHaveTheSamePositions()
    {
        TensorDescription tensor = TensorDescription.Dense(40, 50);
        (float[] single, double[] wide) = (new float[2000], new double[2000]);
        Initializer.Sparse().Fill(single, tensor, 5, Key);
        Initializer.Sparse().Fill(wide, tensor, 5, Key);
        Assert.Equal(single.Select(x => x == 0), wide.Select(x => x == 0));
    }
}
