namespace FanIn.Tests;

public sealed class OrthogonalTests
{
    public static TheoryData<string> Tensors => [.. s_tensors.Keys];

    private static readonly Dictionary<string, (TensorDescription Tensor, int Rows, int Columns)> s_tensors = new()
    {
        ["square"] = (TensorDescription.Dense(96, 96), 96, 96),
        ["tall"] = (TensorDescription.Dense(200, 64), 200, 64),
        ["wide"] = (TensorDescription.Dense(64, 200), 64, 200),
        ["row"] = (TensorDescription.Dense(1, 50), 1, 50),
        ["column"] = (TensorDescription.Dense(50, 1), 50, 1),
        ["one"] = (TensorDescription.Dense(1, 1), 1, 1),
        ["wide convolution"] = (TensorDescription.Convolution(16, 8, [3, 3]), 16, 72),
        ["tall convolution"] = (TensorDescription.Convolution(64, 2, [3, 3]), 64, 18),
        ["grouped convolution"] = (TensorDescription.Convolution(16, 8, [3, 3], 4), 16, 18),
        ["embedding"] = (TensorDescription.Embedding(100, 30), 100, 30),
    };

    [Theory]
    [MemberData(nameof(Tensors))]
    public void TheShorterSideIsOrthonormalTimesTheGain(string name)
    {
        (TensorDescription tensor, int rows, int columns) = s_tensors[name];
        foreach (double gain in (double[])[1, Math.Sqrt(2), 0.1])
        {
            (float[] single, double[] wide) = (new float[tensor.Count], new double[tensor.Count]);
            Initializer.Orthogonal(gain).Fill(single, tensor, 3, name);
            Initializer.Orthogonal(gain).Fill(wide, tensor, 3, name);
            AssertOrthogonal([.. single.Select(x => x / gain)], rows, columns, 1e-5);
            AssertOrthogonal([.. wide.Select(x => x / gain)], rows, columns, 1e-13);
            // The sum of all squares is gain^2 times the shorter side, in every draw.
            double std = gain / Math.Sqrt(Math.Max(rows, columns));
            Assert.Equal(std, Initializer.Orthogonal(gain).StandardDeviation(tensor)!.Value, 1e-12);
            Assert.Equal(std, Math.Sqrt(wide.Average(x => x * x)), 1e-12);
        }
    }

    /// <summary>[in, out] as stored is the transpose, and as orthogonal.</summary>
    [Fact]
    public void InKerasOrder()
    {
        double[] stored = new double[60 * 20];
        Initializer.Orthogonal().Fill(stored, TensorDescription.Dense(20, 60, WeightLayout.Keras), 3, "k");
        AssertOrthogonal(stored, 60, 20, 1e-13);
    }

    [Fact]
    public void ElementsAreSpreadLikeNormals()
    {
        float[] values = new float[512 * 512];
        Initializer.Orthogonal(2).Fill(values, TensorDescription.Dense(512, 512), 4, "k");
        var sample = new Statistics(values);
        double std = 2 / Math.Sqrt(512);
        sample.AssertMoments(0, std);
        sample.AssertDistribution(x => Statistics.Phi(x / std));
    }

    private static void AssertOrthogonal(double[] matrix, int rows, int columns, double tolerance)
    {
        bool wide = rows < columns;
        (int vectors, int length) = wide ? (rows, columns) : (columns, rows);
        for (int a = 0; a < vectors; a++)
        {
            for (int b = a; b < vectors; b++)
            {
                double product = 0;
                for (int i = 0; i < length; i++)
                {
                    product += wide
                        ? matrix[(a * columns) + i] * matrix[(b * columns) + i]
                        : matrix[(i * columns) + a] * matrix[(i * columns) + b];
                }
                Assert.Equal(a == b ? 1 : 0, product, tolerance);
            }
        }
    }
}
