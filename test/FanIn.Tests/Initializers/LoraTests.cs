namespace FanIn.Tests;

public sealed class LoraTests
{
    private static readonly LoraShape s_shape = new(40, 30, 4);

    [Fact]
    public void RulesWithoutAWeightHaveTextForms()
    {
        var (a, b) = New(s_shape);
        Lora.FillDefault(a, b, s_shape, 3, "fc");
        Assert.Equal(Drawn("standard_uniform", 4, 30, "fc#lora_a"), a);
        Assert.All(b, x => Assert.Equal(0, x));

        Lora.FillGaussian(a, b, s_shape, 3, "fc");
        Assert.Equal(Drawn("normal(std=1/4)", 4, 30, "fc#lora_a"), a);
        Assert.All(b, x => Assert.Equal(0, x));

        Lora.FillEmbedding(a, b, s_shape, 3, "fc");
        Assert.All(a, x => Assert.Equal(0, x));
        Assert.Equal(Drawn("normal", 40, 4, "fc#lora_b"), b);
        Assert.Equal((120, 160), (s_shape.ACount, s_shape.BCount));

        static float[] Drawn(string rule, int rows, int columns, string key)
        {
            var values = new float[rows * columns];
            Initializer.Parse(rule).Fill(values, TensorDescription.Dense(rows, columns), 3, key);
            return values;
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void OrthogonalLeavesTheWeightAlone(int rank)
    {
        LoraShape shape = new(300, 200, rank);
        var (a, b) = New(shape);
        Lora.FillOrthogonal(a, b, shape, 3, "fc");
        Assert.InRange(Product(a, b, shape).Max(Math.Abs), 0, 1e-7);
        // An orthogonal matrix keeps the square of what it turns: rank / 2 rows of normals, over 100.
        Assert.Equal(Math.Sqrt(0.005), Rms(a), 4 * Math.Sqrt(0.005 / (rank * 200)));
        Assert.Equal(Math.Sqrt(0.005), Rms(b), 4 * Math.Sqrt(0.005 / (rank * 300)));
        var (again, other) = (New(shape), New(shape));
        Lora.FillOrthogonal(again.A, again.B, shape, 3, "fc");
        Lora.FillOrthogonal(other.A, other.B, shape, 3, "fc2");
        Assert.Equal(a, again.A);
        Assert.Equal(b, again.B);
        Assert.DoesNotContain(a.Zip(other.A), pair => pair.First == pair.Second);
    }

    /// <summary>Of rank 2 the matrix is a turn by an angle, maybe with a reflection: by Haar's measure every angle is as likely.</summary>
    [Fact]
    public void OrthogonalIsHaars()
    {
        LoraShape shape = new(1, 1, 2);
        const int Draws = 2000;
        var (angles, normals) = (new double[Draws], new double[1]);
        for (var i = 0; i < Draws; i++)
        {
            var (a, b) = New(shape);
            Lora.FillOrthogonal(a, b, shape, i, "fc");
            RandomStream.Create(i, "fc#lora_a").FillNormal(normals);
            // A is the matrix's first row times the normal over 10.
            angles[i] = Math.Atan2(a[1] / normals[0], a[0] / normals[0]);
        }
        Array.Sort(angles);
        var distance = angles.Select((x, i) => Math.Abs(((x + Math.PI) / (2 * Math.PI)) - ((i + 0.5) / Draws))).Max();
        // Kolmogorov's and Smirnov's test: a right sample exceeds this once in 4000.
        Assert.InRange(distance * Math.Sqrt(Draws), 0, 2.12);
    }

    [Theory]
    [InlineData(40, 30, 4, 2.0)]
    [InlineData(30, 40, 7, 0.25)]
    [InlineData(12, 12, 12, 1.0)]
    [InlineData(1, 9, 1, 3.0)]
    public void PissaTakesOutThePrincipalPart(int outputs, int inputs, int rank, double scaling)
    {
        LoraShape shape = new(outputs, inputs, rank);
        var (a, b) = New(shape);
        var weight = Weight(shape);
        var rest = weight.ToArray();
        Lora.FillPissa(rest, a, b, shape, scaling);
        AssertSplits(weight, rest, a, b, shape, scaling);

        // Eckart and Young: no matrix of the rank leaves less than the other singular values' squares.
        var s = ExactOf(weight, shape);
        var left = rest.Sum(x => (double)x * x);
        Assert.Equal(s.Skip(rank).Sum(x => x * x), left, 1e-5 * s.Sum(x => x * x));
        for (var k = 0; k < rank; k++)
        {
            for (var l = 0; l < rank; l++)
            {
                var expected = k == l ? s[k] / scaling : 0;
                Assert.Equal(
                    expected,
                    Enumerable.Range(0, inputs).Sum(j => (double)a[(k * inputs) + j] * a[(l * inputs) + j]),
                    1e-6 * s[0] / scaling
                );
                Assert.Equal(
                    expected,
                    Enumerable.Range(0, outputs).Sum(i => (double)b[(i * rank) + k] * b[(i * rank) + l]),
                    1e-6 * s[0] / scaling
                );
            }
        }
    }

    /// <summary>Against adapters of the same rank next to it: none leaves less.</summary>
    [Fact]
    public void PissaIsTheBest()
    {
        var (a, b) = New(s_shape);
        var weight = Weight(s_shape);
        var rest = weight.ToArray();
        Lora.FillPissa(rest, a, b, s_shape, 1);
        var best = rest.Sum(x => (double)x * x);
        var noise = new float[a.Length + b.Length];
        for (var i = 0; i < 50; i++)
        {
            RandomStream.Create(i, "noise").FillNormal(noise, 0, 0.02);
            var nearA = a.Select((x, k) => x + noise[k]).ToArray();
            var nearB = b.Select((x, k) => x + noise[a.Length + k]).ToArray();
            var product = Product(nearA, nearB, s_shape);
            Assert.True(weight.Select((x, k) => Math.Pow(x - product[k], 2)).Sum() > best);
        }
    }

    [Fact]
    public void RandomizedPissaComesNear()
    {
        LoraShape shape = new(120, 90, 6);
        var weight = Weight(shape);
        var (exact, near, again) = (New(shape), New(shape), New(shape));
        var (exactRest, nearRest, againRest) = (weight.ToArray(), weight.ToArray(), weight.ToArray());
        Lora.FillPissa(exactRest, exact.A, exact.B, shape, 0.5);
        Lora.FillPissa(nearRest, near.A, near.B, shape, 0.5, 16, 3, "fc");
        Lora.FillPissa(againRest, again.A, again.B, shape, 0.5, 16, 3, "fc");
        Assert.Equal(nearRest, againRest);
        Assert.Equal(near.A, again.A);
        Assert.Equal(near.B, again.B);
        AssertSplits(weight, nearRest, near.A, near.B, shape, 0.5);
        var (best, reached) = (exactRest.Sum(x => (double)x * x), nearRest.Sum(x => (double)x * x));
        Assert.InRange(reached, best * (1 - 1e-6), best * 1.005);
        Lora.FillPissa(weight.AsSpan(), again.A, again.B, shape, 0.5, 0, 4, "fc");
        Assert.NotEqual(near.A, again.A);
    }

    [Theory]
    [InlineData(40, 30, 4, 2.0)]
    [InlineData(30, 40, 7, 0.25)]
    [InlineData(12, 12, 12, 1.0)]
    [InlineData(9, 1, 1, 1.0)]
    public void OloraTakesOutTheFirstDirections(int outputs, int inputs, int rank, double scaling)
    {
        LoraShape shape = new(outputs, inputs, rank);
        var (a, b) = New(shape);
        var weight = Weight(shape);
        var rest = weight.ToArray();
        Lora.FillOlora(rest, a, b, shape, scaling);
        AssertSplits(weight, rest, a, b, shape, scaling);
        for (var k = 0; k < rank; k++)
        {
            for (var l = 0; l < rank; l++)
            {
                var sum = Enumerable.Range(0, outputs).Sum(i => (double)b[(i * rank) + k] * b[(i * rank) + l]);
                Assert.Equal(k == l ? 1 : 0, sum, 1e-6);
                Assert.True(l < k ? a[(k * inputs) + l] == 0 : l > k || a[(k * inputs) + l] > 0);
            }
        }
        // B A is the projection of W on B's columns, and all of W's first columns.
        var product = Product(a, b, shape);
        for (var i = 0; i < product.Length; i++)
        {
            if (i % inputs < rank || rank == outputs)
            {
                Assert.Equal(weight[i], product[i], 1e-6);
            }
        }
        for (var k = 0; k < rank; k++)
        {
            for (var j = 0; j < inputs; j++)
            {
                var sum = Enumerable.Range(0, outputs).Sum(i => (double)b[(i * rank) + k] * weight[(i * inputs) + j]);
                Assert.Equal(sum, a[(k * inputs) + j], 1e-6);
            }
        }
    }

    [Fact]
    public void ShapesAreChecked()
    {
        var (a, b) = New(s_shape);
        AssertRefused(
            "A is 4 x 30 and has 120 elements, the span 119.",
            () => Lora.FillDefault(a.AsSpan(1), b, s_shape, 1, "k")
        );
        AssertRefused(
            "B is 40 x 4 and has 160 elements, the span 159.",
            () => Lora.FillGaussian(a, b.AsSpan(1), s_shape, 1, "k")
        );
        AssertRefused(
            "W is 40 x 30 and has 1200 elements, the span 3.",
            () => Lora.FillOlora(new float[3], a, b, s_shape, 1)
        );
        AssertRefused(
            "The shape is 40 x 30 of rank 0; every size must be at least 1.",
            () => Lora.FillEmbedding([], [], s_shape with { Rank = 0 }, 1, "k")
        );
        LoraShape odd = new(2, 2, 3);
        AssertRefused(
            "rank is 3; it must be even, since A and B get half of an orthogonal matrix each.",
            () => Lora.FillOrthogonal(new float[6], new float[6], odd, 1, "k")
        );
        AssertRefused(
            "rank is 3; a 2 x 2 weight has no more than 2 directions.",
            () => Lora.FillPissa(new float[4], new float[6], new float[6], odd, 1)
        );
        AssertRefused(
            "rank is 3; a 2 x 2 weight has no more than 2 directions.",
            () => Lora.FillOlora(new float[4], new float[6], new float[6], odd, 1)
        );
        Assert.Throws<ArgumentNullException>(() => Lora.FillDefault(a, b, s_shape, 1, null!));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-2, "-2")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void ScalingIsAboveZero(double scaling, string text)
    {
        var (a, b) = New(s_shape);
        var message = $"scaling is {text}; alpha / rank must be finite and above 0.";
        AssertRefused(message, () => Lora.FillPissa(new float[1200], a, b, s_shape, scaling));
        AssertRefused(message, () => Lora.FillPissa(new float[1200], a, b, s_shape, scaling, 1, 1, "k"));
        AssertRefused(message, () => Lora.FillOlora(new float[1200], a, b, s_shape, scaling));
    }

    [Fact]
    public void WeightsAreFinite()
    {
        var (a, b) = New(s_shape);
        var weight = Weight(s_shape);
        weight[(7 * 30) + 5] = float.NaN;
        const string Message = "The element in row 7 and column 5 is NaN; all must be finite.";
        AssertRefused(Message, () => Lora.FillPissa(weight, a, b, s_shape, 1));
        AssertRefused(Message, () => Lora.FillPissa(weight, a, b, s_shape, 1, 1, 1, "k"));
        AssertRefused(Message, () => Lora.FillOlora(weight, a, b, s_shape, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Lora.FillPissa(Weight(s_shape), a, b, s_shape, 1, -1, 1, "k"));
    }

    [Fact]
    public void AZeroWeightStaysZero()
    {
        var (a, b) = New(s_shape);
        var weight = new float[1200];
        Lora.FillPissa(weight, a, b, s_shape, 1);
        Assert.All(weight.Concat(a).Concat(b), x => Assert.Equal(0, x));
        Lora.FillOlora(weight, a, b, s_shape, 1);
        Assert.All(weight.Concat(a), x => Assert.Equal(0, x));
    }

    internal static void AssertRefused(string message, Action action) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static (float[] A, float[] B) New(LoraShape shape) => (new float[shape.ACount], new float[shape.BCount]);

    private static float[] Weight(LoraShape shape)
    {
        var weight = new float[shape.Outputs * shape.Inputs];
        RandomStream.Create(11, "weight").FillNormal(weight);
        return weight;
    }

    private static double[] Product(float[] a, float[] b, LoraShape shape)
    {
        var product = new double[shape.Outputs * shape.Inputs];
        for (var i = 0; i < product.Length; i++)
        {
            for (var k = 0; k < shape.Rank; k++)
            {
                product[i] +=
                    (double)b[(i / shape.Inputs * shape.Rank) + k] * a[(k * shape.Inputs) + (i % shape.Inputs)];
            }
        }
        return product;
    }

    /// <summary>W' + s B A = W, but for the rounding of W' to float32.</summary>
    private static void AssertSplits(
        float[] weight,
        float[] rest,
        float[] a,
        float[] b,
        LoraShape shape,
        double scaling
    )
    {
        var product = Product(a, b, shape);
        for (var i = 0; i < weight.Length; i++)
        {
            var whole = rest[i] + (scaling * product[i]);
            Assert.Equal(weight[i], whole, (Math.ScaleB(1, -24) * Math.Abs(rest[i])) + 1e-14);
        }
    }

    private static double[] ExactOf(float[] weight, LoraShape shape) =>
        shape.Outputs >= shape.Inputs
            ? GramOf(weight, shape.Outputs, shape.Inputs, shape.Inputs, 1)
            : GramOf(weight, shape.Inputs, shape.Outputs, 1, shape.Inputs);

    /// <summary>By the eigenvalues of the Gram matrix: Jacobi's classical method in float64, another way than the product's.</summary>
    private static double[] GramOf(float[] weight, int steps, int n, int byStep, int byColumn)
    {
        var g = new double[n, n];
        for (var p = 0; p < n; p++)
        {
            for (var q = 0; q < n; q++)
            {
                for (var t = 0; t < steps; t++)
                {
                    g[p, q] += (double)weight[(t * byStep) + (p * byColumn)] * weight[(t * byStep) + (q * byColumn)];
                }
            }
        }
        for (var sweep = 0; sweep < 20; sweep++)
        {
            for (var p = 0; p < n; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    var angle = 0.5 * Math.Atan2(2 * g[p, q], g[q, q] - g[p, p]);
                    var (s, c) = Math.SinCos(angle);
                    for (var k = 0; k < n; k++)
                    {
                        (g[k, p], g[k, q]) = ((c * g[k, p]) - (s * g[k, q]), (s * g[k, p]) + (c * g[k, q]));
                    }
                    for (var k = 0; k < n; k++)
                    {
                        (g[p, k], g[q, k]) = ((c * g[p, k]) - (s * g[q, k]), (s * g[p, k]) + (c * g[q, k]));
                    }
                }
            }
        }
        return [.. Enumerable.Range(0, n).Select(k => Math.Sqrt(Math.Max(0, g[k, k]))).OrderDescending()];
    }

    private static double Rms(float[] values) => Math.Sqrt(values.Average(x => (double)x * x));
}
