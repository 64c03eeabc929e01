namespace FanIn.Tests;

public sealed class JacobianSpectrumTests
{
    /// <summary>mu_2 / mu_1^2 - 1 of tanh at its critical points, computed elsewhere.</summary>
    [Theory]
    [InlineData(0.01, 1.019710760741267, 7.2732374e-4)]
    [InlineData(0.0625, 1.115380624362802, 0.019190151927597)]
    [InlineData(0.1, 1.177569096164601, 0.039709122523847)]
    [InlineData(0.5, 1.687975120577535, 0.299244126552)]
    [InlineData(1, 2.15330264890279, 0.58347994136746)]
    public void OrthogonalTanhIsNearlyIsometricWhereTheSignalIsSmall(double q, double weight, double spread)
    {
        var orthogonal = JacobianSpectrum.Of(Activation.Parse("tanh"), 16, weight, q, isOrthogonal: true);
        var normal = JacobianSpectrum.Of(Activation.Parse("tanh"), 16, weight, q, isOrthogonal: false);

        Assert.Equal(1, orthogonal.Mean, 1e-11);
        Assert.Equal(16 * spread, orthogonal.RelativeVariance, 1e-9);
        Assert.Equal(16 * (spread + 1), normal.RelativeVariance, 1e-9);
    }

    [Theory]
    [InlineData("relu", 2, true, 10)]
    [InlineData("relu", 2, false, 20)]
    [InlineData("identity", 1, true, 0)]
    [InlineData("identity", 1, false, 10)]
    public void PiecewiseLinearOnes(string spelling, double weight, bool isOrthogonal, double variance)
    {
        var spectrum = JacobianSpectrum.Of(Activation.Parse(spelling), 10, weight, 3, isOrthogonal);

        Assert.Equal(1, spectrum.Mean, 1e-12);
        Assert.Equal(variance, spectrum.Variance, 1e-11);
    }

    [Theory]
    [InlineData("tanh", 1, 0)]
    [InlineData("relu", 2, 10)]
    [InlineData("leaky_relu(0.5)", 1.6, 3.6)]
    [InlineData("squared_relu", 1, 0)]
    public void OfSignalsThatAreNearlyNothing(string spelling, double weight, double variance)
    {
        var spectrum = JacobianSpectrum.Of(Activation.Parse(spelling), 10, weight, 0, isOrthogonal: true);

        Assert.Equal(spelling == "squared_relu" ? 0 : 1, spectrum.Mean, 1e-12);
        Assert.Equal(variance, spectrum.RelativeVariance, 1e-9);
    }

    /// <summary>
    /// Both moments of the squared singular values of 24 drawn networks of 4 layers, 96 units wide. Allowed are 4 standard
    /// errors, by chance passed once in 16,000 times, and what the width isn't infinite by: of the first order, L / n.
    /// </summary>
    [Theory]
    [InlineData("tanh", 1.687975120577535, 0.03804120111126847, 0.5, true)]
    [InlineData("tanh", 1.687975120577535, 0.03804120111126847, 0.5, false)]
    [InlineData("relu", 2, 0, 1, true)]
    [InlineData("relu", 2, 0, 1, false)]
    public void DrawnNetworksHaveIt(string spelling, double weight, double bias, double q, bool isOrthogonal)
    {
        const int Layers = 4;
        const int Width = 96;
        const int Draws = 24;
        var activation = Activation.Parse(spelling);
        var theory = JacobianSpectrum.Of(activation, Layers, weight, q, isOrthogonal);
        (double[] first, double[] second) = (new double[Draws], new double[Draws]);
        for (int draw = 0; draw < Draws; draw++)
        {
            (first[draw], second[draw]) = Moments(activation, weight, bias, q, isOrthogonal, Layers, Width, draw);
        }
        double[] spread = [.. second.Zip(first, (m2, m1) => (m2 / (theory.Mean * theory.Mean)) - (2 * m1) + 1)];

        double order = (double)Layers / Width;
        Assert.Equal(theory.Mean, first.Average(), (4 * Error(first)) + order);
        double reach = 1 + theory.RelativeVariance;
        Assert.Equal(theory.RelativeVariance, spread.Average(), (4 * Error(spread)) + (order * reach * reach));
    }

    private static double Error(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / (values.Length - 1) / values.Length);
    }

    /// <summary>tr J J^T / n and tr (J J^T)^2 / n of one network, J = D_L W_L ... D_1 W_1.</summary>
    private static (double First, double Second) Moments(
        Activation activation,
        double weight,
        double bias,
        double q,
        bool isOrthogonal,
        int layers,
        int n,
        int seed
    )
    {
        double[] values = Normals("x", n, Math.Sqrt((q - bias) / weight));
        double[][] jacobian =
        [
            .. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => i == j ? 1.0 : 0.0).ToArray()),
        ];
        for (int layer = 0; layer < layers; layer++)
        {
            float[] weights = new float[n * n];
            Initializer
                .Parse(isOrthogonal ? "orthogonal" : "lecun_normal")
                .Fill(weights, TensorDescription.Dense(n, n), (ulong)seed, $"w{layer}");
            double[] biases = Normals($"b{layer}", n, Math.Sqrt(bias));
            double[][] next = new double[n][];
            double[] outputs = new double[n];
            for (int i = 0; i < n; i++)
            {
                double u = biases[i];
                double[] row = new double[n];
                for (int k = 0; k < n; k++)
                {
                    double w = Math.Sqrt(weight) * weights[(i * n) + k];
                    u += w * values[k];
                    double[] from = jacobian[k];
                    for (int j = 0; j < row.Length; j++)
                    {
                        row[j] += w * from[j];
                    }
                }
                double slope = activation.Derivative(u);
                next[i] = [.. row.Select(x => slope * x)];
                outputs[i] = activation.Value(u);
            }
            (jacobian, values) = (next, outputs);
        }
        (double first, double second) = (0, 0);
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
            {
                double dot = 0;
                for (int j = 0; j < n; j++)
                {
                    dot += jacobian[i][j] * jacobian[k][j];
                }
                first += i == k ? dot / n : 0;
                second += dot * dot / n;
            }
        }
        return (first, second);

        double[] Normals(string key, int count, double deviation)
        {
            float[] normals = new float[count];
            Initializer.Parse("normal").Fill(normals, TensorDescription.Plain(count), (ulong)seed, key);
            return [.. normals.Select(x => deviation * x)];
        }
    }
}
