using System.Numerics;
using System.Runtime.InteropServices;

namespace FanIn.Tests;

/// <summary>
/// A plain chain in float32, forward and backward, on FanIn's own weights: what theory is held against. It shares nothing
/// with the library but the initializers; activations are written out anew.
/// </summary>
internal sealed class ChainNetwork
{
    public const int Batch = 32;
    public const int Classes = 10;

    private readonly int _width;
    private readonly int _depth;
    private readonly Func<float, (float Value, float Slope)> _activation;

    public ChainNetwork(int depth, int width, string activation)
    {
        (_depth, _width) = (depth, width);
        _activation = activation switch
        {
            "relu" => x => x > 0 ? (x, 1) : (0, 0),
            "tanh" => x =>
            {
                float y = MathF.Tanh(x);
                return (y, 1 - (y * y));
            },
            "gelu" => x =>
            {
                float phi = NormalCdf(x);
                return (x * phi, phi + (x * 0.3989423f * MathF.Exp(-x * x / 2)));
            },
            "silu" => x =>
            {
                float s = 1 / (1 + MathF.Exp(-x));
                return (x * s, s + (x * s * (1 - s)));
            },
            "identity" => x => (x, 1),
            _ => throw new ArgumentException($"No rule for {activation}.", nameof(activation)),
        };
        Inputs = new float[Batch * width];
        Initializer.Parse("normal").Fill(Inputs, TensorDescription.Plain(Batch, width), 77, "inputs");
        // Standardized over the batch.
        for (int j = 0; j < width; j++)
        {
            double[] column = [.. Enumerable.Range(0, Batch).Select(b => (double)Inputs[(b * width) + j])];
            double mean = column.Average();
            double deviation = Math.Sqrt(column.Average(x => (x - mean) * (x - mean)));
            for (int b = 0; b < Batch; b++)
            {
                Inputs[(b * width) + j] = (float)((column[b] - mean) / deviation);
            }
        }
    }

    /// <summary>[batch, width].</summary>
    public float[] Inputs { get; }

    /// <summary>Mean squares of the pre-activations and of the gradients with respect to them, the output last.</summary>
    public sealed record Run(double[] Signal, double[] Gradient)
    {
        /// <summary>Mean cosine between two examples' gradients at the output.</summary>
        public double OutputCosine { get; init; }
    }

    /// <summary>What a check would know of the batch.</summary>
    public SignalOperation.Source Source()
    {
        double[] squares =
        [
            .. Enumerable.Range(0, Batch).Select(b => Row(Inputs, b).ToArray().Average(x => (double)x * x)),
        ];
        List<double> cosines = Cosines(Inputs, _width);
        double[] logs = [.. squares.Select(x => Math.Log(x))];
        return new(squares.Average(), Inputs.Average(x => (double)x), cosines.Average(), _width, 1, Batch)
        {
            CorrelationVariance = cosines.Average(c => (c - cosines.Average()) * (c - cosines.Average())),
            LogSpread = logs.Average(x => (x - logs.Average()) * (x - logs.Average())),
        };
    }

    private static List<double> Cosines(float[] rows, int width)
    {
        double Product(int b, int c)
        {
            double product = 0;
            for (int j = 0; j < width; j++)
            {
                product += (double)rows[(b * width) + j] * rows[(c * width) + j];
            }
            return product;
        }
        List<double> cosines = [];
        for (int b = 0; b < Batch; b++)
        {
            for (int c = 0; c < b; c++)
            {
                cosines.Add(Product(b, c) / Math.Sqrt(Product(b, b) * Product(c, c)));
            }
        }
        return cosines;
    }

    public Run Measure(Initializer initializer, ulong seed)
    {
        float[][] weights = new float[_depth + 1][];
        float[][] slopes = new float[_depth][];
        double[] signal = new double[_depth + 1];
        double[] gradient = new double[_depth + 1];
        float[] x = [.. Inputs];
        float[] logits = [];
        for (int l = 0; l <= _depth; l++)
        {
            int outputs = l < _depth ? _width : Classes;
            weights[l] = new float[outputs * _width];
            initializer.Fill(weights[l], TensorDescription.Dense(outputs, _width), seed, $"fc{l}.weight");
            float[] z = Product(x, weights[l], outputs);
            signal[l] = MeanSquare(z);
            if (l == _depth)
            {
                logits = z;
                break;
            }
            slopes[l] = new float[z.Length];
            for (int i = 0; i < z.Length; i++)
            {
                (z[i], slopes[l][i]) = _activation(z[i]);
            }
            x = z;
        }
        float[] g = LossGradient(logits);
        double outputCosine = Cosines(g, Classes).Average();
        for (int l = _depth; ; l--)
        {
            gradient[l] = MeanSquare(g);
            if (l == 0)
            {
                return new(signal, gradient) { OutputCosine = outputCosine };
            }
            g = Transposed(g, weights[l], l < _depth ? _width : Classes);
            for (int i = 0; i < g.Length; i++)
            {
                g[i] *= slopes[l - 1][i];
            }
        }
    }

    /// <summary>Softmax less labels that repeat 0 .. 9; the mean over the batch is left to the reader.</summary>
    private static float[] LossGradient(float[] logits)
    {
        float[] g = new float[logits.Length];
        for (int b = 0; b < Batch; b++)
        {
            double[] row = [.. logits.AsSpan(b * Classes, Classes).ToArray().Select(z => (double)z)];
            double[] powers = [.. row.Select(z => Math.Exp(z - row.Max()))];
            for (int k = 0; k < Classes; k++)
            {
                g[(b * Classes) + k] = (float)((powers[k] / powers.Sum()) - (k == b % Classes ? 1 : 0));
            }
        }
        return g;
    }

    private ReadOnlySpan<float> Row(float[] matrix, int row) => matrix.AsSpan(row * _width, _width);

    /// <summary>[batch, width] times [outputs, width] transposed.</summary>
    private float[] Product(float[] x, float[] weight, int outputs)
    {
        float[] z = new float[Batch * outputs];
        int lanes = _width / Vector<float>.Count;
        ReadOnlySpan<Vector<float>> xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        ReadOnlySpan<Vector<float>> ws = MemoryMarshal.Cast<float, Vector<float>>(weight);
        for (int j = 0; j < outputs; j++)
        {
            ReadOnlySpan<Vector<float>> w = ws.Slice(j * lanes, lanes);
            for (int b = 0; b < Batch; b += 4)
            {
                ReadOnlySpan<Vector<float>> x0 = xs.Slice(b * lanes, lanes);
                ReadOnlySpan<Vector<float>> x1 = xs.Slice((b + 1) * lanes, lanes);
                ReadOnlySpan<Vector<float>> x2 = xs.Slice((b + 2) * lanes, lanes);
                ReadOnlySpan<Vector<float>> x3 = xs.Slice((b + 3) * lanes, lanes);
                var (s0, s1, s2, s3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
                for (int i = 0; i < w.Length; i++)
                {
                    s0 += w[i] * x0[i];
                    s1 += w[i] * x1[i];
                    s2 += w[i] * x2[i];
                    s3 += w[i] * x3[i];
                }
                z[(b * outputs) + j] = Vector.Sum(s0);
                z[((b + 1) * outputs) + j] = Vector.Sum(s1);
                z[((b + 2) * outputs) + j] = Vector.Sum(s2);
                z[((b + 3) * outputs) + j] = Vector.Sum(s3);
            }
        }
        return z;
    }

    /// <summary>[batch, outputs] times [outputs, width].</summary>
    private float[] Transposed(float[] g, float[] weight, int outputs)
    {
        float[] h = new float[Batch * _width];
        int lanes = _width / Vector<float>.Count;
        Span<Vector<float>> hs = MemoryMarshal.Cast<float, Vector<float>>(h.AsSpan());
        ReadOnlySpan<Vector<float>> ws = MemoryMarshal.Cast<float, Vector<float>>(weight);
        for (int b = 0; b < Batch; b++)
        {
            Span<Vector<float>> row = hs.Slice(b * lanes, lanes);
            for (int j = 0; j < outputs; j++)
            {
                var factor = new Vector<float>(g[(b * outputs) + j]);
                ReadOnlySpan<Vector<float>> w = ws.Slice(j * lanes, lanes);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += factor * w[i];
                }
            }
        }
        return h;
    }

    private static double MeanSquare(float[] values)
    {
        double sum = 0;
        foreach (float x in values)
        {
            sum += (double)x * x;
        }
        return sum / values.Length;
    }

    /// <summary>Abramowitz and Stegun 26.2.17, to 7.5e-8.</summary>
    private static float NormalCdf(float x)
    {
        double size = Math.Abs(x);
        double t = 1 / (1 + (0.2316419 * size));
        double tail =
            0.3989422804014327
            * Math.Exp(-size * size / 2)
            * t
            * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return (float)(x > 0 ? 1 - tail : tail);
    }
}
