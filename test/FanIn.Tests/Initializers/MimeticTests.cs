namespace FanIn.Tests;

public sealed class MimeticTests
{
    private const int Width = 48;
    private const int Heads = 4;
    private const int Rank = Width / Heads;

    private static readonly TensorDescription s_square = TensorDescription.Dense(Width, Width);

    /// <summary>In every head W_Q W_K^T is the best approximation of rank 12 of what the stream says, both halves of one size.</summary>
    [Fact]
    public void QueryAndKeyAreTheNearestOfTheHeadsRank()
    {
        var query = Filled(Initializer.MimeticQuery(Heads), "attn#q");
        var key = Filled(Initializer.MimeticKey(Heads), "attn#k");
        for (var head = 0; head < Heads; head++)
        {
            var target = Target("attn#mimetic_query_key", head, 0.7, 0.7);
            var s = Svd.Of(target, Width, Width).S;
            var (rest, product) = (target.ToArray(), new double[Width * Width]);
            for (var k = head * Rank; k < (head + 1) * Rank; k++)
            {
                for (var i = 0; i < rest.Length; i++)
                {
                    // Row k of the stored [out, in] is unit k of the head: column k of W_Q.
                    product[i] += query[(k * Width) + (i % Width)] * key[(k * Width) + (i / Width)];
                }
            }
            for (var i = 0; i < rest.Length; i++)
            {
                rest[i] -= product[i];
            }
            // Eckart and Young: no matrix of the rank leaves less than the sum of the other squares.
            Assert.Equal(1, SumOfSquares(rest) / s[Rank..].Sum(x => x * x), 1e-10);
            Assert.Equal(1, SumOfSquares(product) / s[..Rank].Sum(x => x * x), 1e-10);
            for (var k = 0; k < Rank; k++)
            {
                var row = ((head * Rank) + k) * Width;
                Assert.Equal(s[k], SumOfSquares(query[row..(row + Width)]), 1e-10);
                Assert.Equal(s[k], SumOfSquares(key[row..(row + Width)]), 1e-10);
            }
        }
    }

    [Fact]
    public void ValueAndOutputMakeTheWholeProduct()
    {
        var value = Filled(Initializer.MimeticValue(), "attn#v");
        var output = Filled(Initializer.MimeticOutput(), "attn#output");
        var target = Target("attn#mimetic_value_output", 0, 0.4, -0.4);
        for (var i = 0; i < Width; i++)
        {
            for (var j = 0; j < Width; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < Width; k++)
                {
                    sum += value[(k * Width) + i] * output[(j * Width) + k];
                }
                Assert.Equal(target[(j * Width) + i], sum, 1e-12);
            }
        }
    }

    /// <summary>W_V W_proj is alpha Z - beta I: diagonal mean -0.5, all else N(0, 0.6^2 / d), within 4 standard errors.</summary>
    [Fact]
    public void ProductHasNoiseAndIdentity()
    {
        var (value, output) = (new float[Width * Width], new float[Width * Width]);
        Initializer.MimeticValue(0.6, 0.5).Fill(value, s_square, 3, "block#v");
        Initializer.MimeticOutput(0.6, 0.5).Fill(output, s_square, 3, "block#o");
        var (diagonal, rest) = (new List<double>(), new List<double>());
        for (var i = 0; i < Width * Width; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < Width; k++)
            {
                sum += (double)value[(k * Width) + (i / Width)] * output[(i % Width * Width) + k];
            }
            (i % (Width + 1) == 0 ? diagonal : rest).Add(sum);
        }
        var std = 0.6 / Math.Sqrt(Width);
        Assert.Equal(-0.5, diagonal.Average(), 4 * std / Math.Sqrt(Width));
        Assert.Equal(0, rest.Average(), 4 * std / Math.Sqrt(rest.Count));
        Assert.Equal(1, rest.Average(x => x * x) / (std * std), 4 * Math.Sqrt(2.0 / rest.Count));
    }

    /// <summary>Each token looks at itself: with the identity alone every head projects on directions of its own choice.</summary>
    [Fact]
    public void HeadsDiffer()
    {
        var query = Filled(Initializer.MimeticQuery(Heads), "attn#q");
        var heads = query.Chunk(Rank * Width).ToArray();
        for (var a = 0; a < Heads; a++)
        {
            for (var b = 0; b < a; b++)
            {
                Assert.DoesNotContain(heads[a].Zip(heads[b]), pair => pair.First == pair.Second);
            }
        }
    }

    /// <summary>Packed q, k, v share the parameter's key, and separate ones a mapped one: the same values.</summary>
    [Fact]
    public void HalvesShareThePartBeforeTheLastHash()
    {
        var q = Filled(Initializer.MimeticQuery(Heads), "a.qkv#q");
        Assert.Equal(q, Filled(Initializer.MimeticQuery(Heads), "a.qkv#anything"));
        Assert.NotEqual(q, Filled(Initializer.MimeticQuery(Heads), "b.qkv#q"));
        Assert.NotEqual(q, Filled(Initializer.MimeticQuery(Heads), "a.qkv#0#q"));
        Assert.NotEqual(q, Filled(Initializer.MimeticKey(Heads), "a.qkv#q"));
    }

    [Theory]
    [InlineData("mimetic_query(heads=4)", "mimetic_key", "attn.q.weight")]
    [InlineData("mimetic_key(heads=4)", "mimetic_query", "")]
    [InlineData("mimetic_value", "mimetic_output", "v")]
    [InlineData("mimetic_output", "mimetic_value", "o")]
    public void AKeyOfItsOwnIsAnError(string rule, string partner, string key)
    {
        var error = Assert.Throws<ArgumentException>(() => Filled(Initializer.Parse(rule), key));
        Assert.StartsWith(
            $"{rule} is one draw with {partner}, under the part of both keys before '#', but the key '{key}' has none; map the keys of the two, for instance to 'attn#q' and 'attn#k'.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("key", error.ParamName);
    }

    [Fact]
    public void TypesAndLayouts()
    {
        foreach (var rule in (Initializer[])[Initializer.MimeticKey(Heads), Initializer.MimeticOutput()])
        {
            var single = new float[Width * Width];
            rule.Fill(single, s_square, 1, "attn#x");
            var brains = new BFloat16[single.Length];
            rule.Fill(brains, s_square, 1, "attn#x");
            Assert.Equal(Array.ConvertAll(single, x => (BFloat16)x), brains);
            var keras = new float[single.Length];
            rule.Fill(keras, TensorDescription.Dense(Width, Width, WeightLayout.Keras), 1, "attn#x");
            for (var i = 0; i < keras.Length; i++)
            {
                Assert.Equal(single[i], keras[(i % Width * Width) + (i / Width)]);
            }
            Assert.Null(rule.StandardDeviation(s_square));
            Assert.Throws<NotSupportedException>(() => rule.FillPart(single.AsSpan(1), 0, s_square, 1, "attn#x"));
            Assert.Throws<NotSupportedException>(() => rule.Fill(single, s_square, new TorchRandom(1)));
            Assert.Throws<ArgumentException>(() => rule.Fill(single, TensorDescription.Plain(Width, Width), 1, "a#x"));
        }
    }

    /// <summary>Heads that together are narrower than the model, and an output that leads back.</summary>
    [Fact]
    public void NarrowHeads()
    {
        var (value, output) = (new double[10 * 24], new double[24 * 10]);
        Initializer.MimeticValue().Fill(value, TensorDescription.Dense(10, 24), 1, "a#v");
        Initializer.MimeticOutput().Fill(output, TensorDescription.Dense(24, 10), 1, "a#o");
        for (var k = 0; k < 10; k++)
        {
            var column = Enumerable.Range(0, 24).Select(i => output[(i * 10) + k]).ToArray();
            Assert.Equal(SumOfSquares(value[(k * 24)..((k + 1) * 24)]), SumOfSquares(column), 1e-13);
        }
    }

    [Fact]
    public void WhatDoesntFit()
    {
        AssertRefused(
            Initializer.MimeticQuery(5),
            s_square,
            "mimetic_query(heads=5) needs 5 heads of at most 48 units, the model's width, but [48, 48] torch has 48 units for them."
        );
        AssertRefused(
            Initializer.MimeticQuery(1),
            TensorDescription.Dense(8, 4),
            "mimetic_query(heads=1) needs 1 heads of at most 4 units, the model's width, but [8, 4] torch has 8 units for them."
        );
        AssertRefused(
            Initializer.MimeticValue(),
            TensorDescription.Convolution(4, 4, [1]),
            "mimetic_value is for dense layers, not for [4, 4, 1] torch."
        );

        static void AssertRefused(Initializer rule, TensorDescription tensor, string message) =>
            Assert.StartsWith(
                message,
                Assert.Throws<ArgumentException>(() => rule.Fill(new float[tensor.Count], tensor, 1, "a#b")).Message,
                StringComparison.Ordinal
            );
    }

    private static double[] Filled(Initializer rule, string key)
    {
        var values = new double[Width * Width];
        rule.Fill(values, s_square, 7, key);
        return values;
    }

    /// <summary>alpha Z + beta I, column by column.</summary>
    private static double[] Target(string key, int head, double alpha, double beta)
    {
        var normals = new double[Width * Width];
        RandomStream.Create(7, key).FillNormal(normals, 0, 1, (long)head * normals.Length);
        var target = new double[normals.Length];
        for (var i = 0; i < Width; i++)
        {
            for (var j = 0; j < Width; j++)
            {
                target[(j * Width) + i] = (alpha * normals[(i * Width) + j] / Math.Sqrt(Width)) + (i == j ? beta : 0);
            }
        }
        return target;
    }

    private static double SumOfSquares(IEnumerable<double> values) => values.Sum(x => x * x);
}
