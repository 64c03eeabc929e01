namespace FanIn.Tests;

public sealed class EvaSpectrumTests
{
    private const int Inputs = 12;

    /// <summary>The first direction is what repeated products with X^T X lead to, the next ones what is left without it.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(9)]
    public void DirectionsAreTheEigenvectorsOfTheSecondMoment(int samples)
    {
        var activations = Activations(samples);
        var spectrum = EvaSpectrum.Of(activations, Inputs, 4);
        Assert.Equal((Inputs, 4), (spectrum.Inputs, spectrum.ExplainedVariance.Length));
        LoraShape shape = new(5, Inputs, 4);
        var (a, b) = (new float[shape.ACount], new float[shape.BCount]);
        b.AsSpan().Fill(1);
        Lora.FillEva(a, b, shape, spectrum);
        Assert.All(b, x => Assert.Equal(0, x));
        var total = activations.Sum(x => (double)x * x);
        var found = new List<double[]>();
        for (var k = 0; k < 4; k++)
        {
            var (direction, square) = Principal(activations, found);
            found.Add(direction);
            Assert.Equal(square / total, spectrum.ExplainedVariance[k], 1e-9);
            var product = direction.Select((x, i) => x * a[(k * Inputs) + i]).Sum();
            Assert.Equal(1, Math.Abs(product), 1e-6);
        }
    }

    [Fact]
    public void AllComponentsExplainAll()
    {
        var spectrum = EvaSpectrum.Of(Activations(40), Inputs, Inputs);
        Assert.Equal(1, spectrum.ExplainedVariance.Sum(), 1e-13);
        Assert.Equal(spectrum.ExplainedVariance.OrderDescending(), spectrum.ExplainedVariance);
    }

    [Fact]
    public void RandomizedComesNear()
    {
        var activations = Activations(300);
        var (exact, near) = (EvaSpectrum.Of(activations, Inputs, 3), EvaSpectrum.Of(activations, Inputs, 3, 4, 1, "k"));
        var again = EvaSpectrum.Of(activations, Inputs, 3, 4, 1, "k");
        Assert.Equal(near.ExplainedVariance, again.ExplainedVariance);
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(exact.ExplainedVariance[k], near.ExplainedVariance[k], 1e-9);
        }
    }

    /// <summary>Against every allocation there is: none of the same sum explains more.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1.5)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(2, 10)]
    public void RanksExplainTheMost(int rank, double rho)
    {
        EvaSpectrum[] layers =
        [
            .. Enumerable.Range(0, 4).Select(i => EvaSpectrum.Of(Activations(30, i, (i * 0.4) + 0.2), Inputs, 6)),
        ];
        var ranks = Lora.EvaRanks(layers, rank, rho);
        var most = Math.Min(6, (int)Math.Round(rho * rank));
        Assert.Equal(4 * rank, ranks.Sum());
        Assert.All(ranks, r => Assert.InRange(r, 0, most));
        var best = 0.0;
        foreach (var allocation in Allocations(4, most).Where(x => x.Sum() == 4 * rank))
        {
            best = Math.Max(best, Explained(allocation));
        }
        Assert.Equal(best, Explained([.. ranks]), 1e-15);

        double Explained(int[] allocation) =>
            layers.Zip(allocation, (layer, r) => layer.ExplainedVariance.Take(r).Sum()).Sum();
    }

    [Fact]
    public void RanksWithoutRoomAreEqual()
    {
        EvaSpectrum[] layers =
        [
            .. Enumerable.Range(0, 3).Select(i => EvaSpectrum.Of(Activations(30, i, i), Inputs, 5)),
        ];
        Assert.Equal([4, 4, 4], Lora.EvaRanks(layers, 4, 1));
        // No more than there are components.
        Assert.Equal([5, 5, 5], Lora.EvaRanks(layers, 8, 2));
        Assert.Empty(Lora.EvaRanks([], 8, 2));
        var same = EvaSpectrum.Of(Activations(30), Inputs, 5);
        Assert.Equal([2, 2, 2], Lora.EvaRanks([same, same, same], 2, 2));
        var odd = new float[Inputs];
        odd[0] = 1;
        var one = EvaSpectrum.Of([.. odd, .. odd], Inputs, 2);
        Assert.Equal(1, one.ExplainedVariance[0], 1e-15);
        Assert.Equal(0, one.ExplainedVariance[1]);
        Assert.Equal([1, 1, 1], Lora.EvaRanks([one, one, one], 1, 2));
        // Shares (1, 0), (1/2, 1/2), (1/2, 1/2): of the equal ones the earlier layer's come first.
        var two = EvaSpectrum.Of([.. odd, .. odd.Reverse()], Inputs, 2);
        Assert.Equal([1, 2, 0], Lora.EvaRanks([one, two, two], 1, 2));
    }

    [Fact]
    public void WhatDoesntFit()
    {
        var activations = Activations(8);
        LoraTests.AssertRefused(
            "Samples of 12 inputs have a multiple of so many elements, not 95.",
            () => EvaSpectrum.Of(activations.AsSpan(1), Inputs, 2)
        );
        LoraTests.AssertRefused(
            "components is 9; 8 samples of 12 inputs have no more than 8.",
            () => EvaSpectrum.Of(activations, Inputs, 9)
        );
        LoraTests.AssertRefused(
            "All 24 activations are 0; they have no direction.",
            () => EvaSpectrum.Of(new float[24], Inputs, 1)
        );
        activations[14] = float.PositiveInfinity;
        LoraTests.AssertRefused(
            "The element in row 1 and column 2 is Infinity; all must be finite.",
            () => EvaSpectrum.Of(activations, Inputs, 2)
        );
        var spectrum = EvaSpectrum.Of(Activations(8), Inputs, 2);
        LoraTests.AssertRefused(
            "The spectrum has 2 components of 12 inputs; the adapter needs 3 of 12.",
            () => Lora.FillEva(new float[36], new float[15], new(5, 12, 3), spectrum)
        );
        LoraTests.AssertRefused(
            "The spectrum has 2 components of 12 inputs; the adapter needs 2 of 6.",
            () => Lora.FillEva(new float[12], new float[10], new(5, 6, 2), spectrum)
        );
        LoraTests.AssertRefused(
            "rho is 0.5; it must be finite and at least 1.",
            () => Lora.EvaRanks([spectrum], 1, 0.5)
        );
        LoraTests.AssertRefused(
            "rho is NaN; it must be finite and at least 1.",
            () => Lora.EvaRanks([spectrum], 1, double.NaN)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => Lora.EvaRanks([spectrum], 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => EvaSpectrum.Of(Activations(8), Inputs, 2, -1, 1, "k"));
        Assert.Throws<ArgumentOutOfRangeException>(() => EvaSpectrum.Of(Activations(8), Inputs, 0));
    }

    /// <summary>Normals whose sizes fall from input to input, the faster the larger the slope, so that directions differ.</summary>
    private static float[] Activations(int samples, int seed = 1, double slope = 0.5)
    {
        var activations = new float[samples * Inputs];
        RandomStream.Create(seed, "activations").FillNormal(activations);
        for (var i = 0; i < activations.Length; i++)
        {
            activations[i] *= (float)Math.Exp(-slope * (i % Inputs));
        }
        return activations;
    }

    private static (double[] Direction, double Square) Principal(float[] activations, List<double[]> without)
    {
        var direction = Enumerable.Range(0, Inputs).Select(i => Math.Sin(i + 1.0)).ToArray();
        var square = 0.0;
        for (var round = 0; round < 2000; round++)
        {
            foreach (var other in without)
            {
                var product = direction.Zip(other, (x, y) => x * y).Sum();
                direction = [.. direction.Zip(other, (x, y) => x - (product * y))];
            }
            var norm = Math.Sqrt(direction.Sum(x => x * x));
            direction = [.. direction.Select(x => x / norm)];
            var next = new double[Inputs];
            for (var start = 0; start < activations.Length; start += Inputs)
            {
                var output = 0.0;
                for (var i = 0; i < Inputs; i++)
                {
                    output += activations[start + i] * direction[i];
                }
                for (var i = 0; i < Inputs; i++)
                {
                    next[i] += output * activations[start + i];
                }
            }
            square = direction.Zip(next, (x, y) => x * y).Sum();
            direction = next;
        }
        var size = Math.Sqrt(direction.Sum(x => x * x));
        return ([.. direction.Select(x => x / size)], square);
    }

    private static IEnumerable<int[]> Allocations(int layers, int most) =>
        layers == 0
            ?
            [
                [],
            ]
            : Allocations(layers - 1, most)
                .SelectMany(rest => Enumerable.Range(0, most + 1).Select(r => (int[])[.. rest, r]));
}
