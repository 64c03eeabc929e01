using System.Collections.Immutable;
using System.Numerics;

namespace FanIn.Tests.Signal.Findings;

/// <summary>
/// A plain chain, run forward and backward in plain arrays and observed: what an engine would hand to the judgement, and
/// what theory says of it by the length map and a correlation map by a sum over a grid.
/// </summary>
internal sealed record SimulatedChain(int Depth, int Width, Activation Activation, Recipe Recipe)
{
    private const int Batch = 8;
    private const int Classes = 10;

    public ModelDescription Model { get; } =
        new(
            Enumerable
                .Range(1, Depth + 1)
                .SelectMany(i =>
                {
                    (string name, long units) = i > Depth ? ("output", Classes) : ($"fc{i}", Width);
                    return new ParameterDescription[]
                    {
                        new($"{name}.weight", TensorDescription.Dense(units, Width), ParameterRole.Weight),
                        new($"{name}.bias", TensorDescription.Plain(units), ParameterRole.Bias),
                    };
                })
        );

    public SignalReport Judge(int seeds = 2) =>
        SignalJudgement.Of([.. Enumerable.Range(0, seeds).Select(s => Observe(s))], Predict());

    public ModelObservation Observe(long seed)
    {
        float[][] values = [.. Recipe.Apply(Model).Rows.Select((row, i) => Values(row, seed))];
        float[] input = new float[Batch * Width];
        Initializer.Normal().Fill(input, TensorDescription.Plain(input.Length), 1000 + seed, "batch");
        var inputs = new List<float[]>();
        var outputs = new List<float[]>();
        float[] x = input;
        for (int i = 0; i <= Depth; i++)
        {
            int units = i == Depth ? Classes : Width;
            inputs.Add(x);
            float[] y = Affine(values[2 * i], values[(2 * i) + 1], x, units, Width);
            outputs.Add(y);
            x = i == Depth ? y : [.. y.Select(v => (float)Activation.Value(v))];
        }
        (double loss, float[] gradient, ImmutableArray<double> probabilities) = CrossEntropy(outputs[^1]);
        var gradients = new float[Depth + 1][];
        var weightGradients = new float[Depth + 1][];
        for (int i = Depth; i >= 0; i--)
        {
            int units = i == Depth ? Classes : Width;
            gradients[i] = gradient;
            weightGradients[i] = Outer(gradient, inputs[i], units);
            if (i > 0)
            {
                float[] back = Back(values[2 * i], gradient, units);
                gradient = [.. back.Zip(outputs[i - 1], (g, z) => g * (float)Activation.Derivative(z))];
            }
        }
        return new()
        {
            Input = TensorStatistics.Of(input),
            Layers =
            [
                .. Enumerable
                    .Range(0, Depth + 1)
                    .Select(i => new LayerObservation(
                        i == Depth ? "output" : $"fc{i + 1}",
                        "Linear",
                        TensorStatistics.Of(outputs[i])
                    )
                    {
                        Weight = i == Depth ? "output.weight" : $"fc{i + 1}.weight",
                        Activation = i == Depth ? null : Activation,
                        Input = TensorStatistics.Of(inputs[i]),
                        Gradient = TensorStatistics.Of(gradients[i]),
                        DeadShare = i < Depth && Activation.Name == "relu" ? Dead(outputs[i]) : null,
                        Correlation = Cosine(outputs[i], i == Depth ? Classes : Width),
                    }),
            ],
            Parameters =
            [
                .. Model.Parameters.Select(
                    (p, i) =>
                        new ParameterObservation(p, TensorStatistics.Of(values[i]))
                        {
                            DistinctUnits =
                                p.Role == ParameterRole.Weight
                                    ? DistinctUnits.Count(values[i], (int)p.Tensor.Outputs, values[i + 1])
                                    : null,
                            Gradient =
                                p.Role == ParameterRole.Weight ? TensorStatistics.Of(weightGradients[i / 2]) : null,
                            ReceivesGradient = true,
                        }
                ),
            ],
            Loss = new(loss, Classes, Variance(outputs[^1])) { MeanProbabilities = probabilities },
        };
    }

    public SignalPrediction? Predict()
    {
        Plan plan = Recipe.Apply(Model);
        double hidden = Square(plan.Rows[2].Initializer!.StandardDeviation(Model.Parameters[2].Tensor));
        double bias = Square(plan.Rows[1].Initializer!.StandardDeviation(Model.Parameters[1].Tensor));
        double last = Square(plan.Rows[^2].Initializer!.StandardDeviation(Model.Parameters[^2].Tensor));
        double q = (Width * hidden) + bias;
        if (q == 0 || hidden == 0)
        {
            return null;
        }
        double c = bias / q;
        double gradient = 1;
        var layers = new List<LayerPrediction>();
        for (int i = 0; i < Depth; i++)
        {
            double beta = 5.0 * (i + 1) / Width;
            layers.Add(
                new($"fc{i + 1}", Math.Sqrt(q))
                {
                    LogVariance = beta,
                    LogShift = -beta / 2,
                    GradientRms = Math.Sqrt(gradient),
                    GradientLogVariance = 5.0 * (Depth - i) / Width,
                    GradientLogShift = -2.5 * (Depth - i) / Width,
                    Correlation = c,
                    DeadShare = Activation.Name == "relu" ? Math.Max(0, 0.5 - (Math.Acos(c) / 2)) : null,
                }
            );
            double before = q;
            GaussianExpectation at = GaussianExpectation.Of(Activation, q);
            gradient /= Width * hidden * at.DerivativeSecondMoment;
            q = i == Depth - 1 ? Width * last * at.SecondMoment : (Width * hidden * at.SecondMoment) + bias;
            c = Math.Min(1, ((Width * hidden * Pair(before, c)) + bias) / q);
        }
        layers.Add(new("output", Math.Sqrt(q)));
        return new([.. layers])
        {
            IsChain = true,
            Activation = Activation,
            WeightVariance = Width * hidden,
            BiasVariance = bias,
            Fluctuation = 5.0 * Depth / Width,
            LogitVariance = q,
        };
    }

    /// <summary>E f(u) f(v) of u, v ~ N(0, q) with correlation c.</summary>
    private double Pair(double q, double c)
    {
        const double Step = 0.25;
        (double sum, double across) = (0, Math.Sqrt(Math.Max(0, 1 - (c * c))));
        for (double x = -6; x <= 6; x += Step)
        {
            double inner = 0;
            for (double y = -6; y <= 6; y += Step)
            {
                inner += Math.Exp(-y * y / 2) * Activation.Value(Math.Sqrt(q) * ((c * x) + (across * y)));
            }
            sum += Math.Exp(-x * x / 2) * Activation.Value(Math.Sqrt(q) * x) * inner;
        }
        return sum * Step * Step / (2 * Math.PI);
    }

    private static double Square(double? x) => x!.Value * x.Value;

    private static float[] Values(PlanRow row, long seed)
    {
        float[] values = new float[row.Parameter.Tensor.Count];
        row.Fill(values, seed);
        return values;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = default;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }
        float total = Vector.Sum(sum);
        for (; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }
        return total;
    }

    private static void AddScaled(Span<float> sum, float factor, ReadOnlySpan<float> values)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(sum[i..]) + (factor * new Vector<float>(values[i..]))).CopyTo(sum[i..]);
        }
        for (; i < sum.Length; i++)
        {
            sum[i] += factor * values[i];
        }
    }

    private static float[] Affine(float[] w, float[] b, float[] x, int units, int fan)
    {
        float[] y = new float[Batch * units];
        for (int e = 0; e < Batch; e++)
        {
            for (int o = 0; o < units; o++)
            {
                y[(e * units) + o] = b[o] + Dot(w.AsSpan(o * fan, fan), x.AsSpan(e * fan, fan));
            }
        }
        return y;
    }

    private float[] Back(float[] w, float[] gradient, int units)
    {
        float[] result = new float[Batch * Width];
        for (int e = 0; e < Batch; e++)
        {
            for (int o = 0; o < units; o++)
            {
                AddScaled(result.AsSpan(e * Width, Width), gradient[(e * units) + o], w.AsSpan(o * Width, Width));
            }
        }
        return result;
    }

    private float[] Outer(float[] gradient, float[] x, int units)
    {
        float[] result = new float[units * Width];
        for (int o = 0; o < units; o++)
        {
            for (int e = 0; e < Batch; e++)
            {
                AddScaled(result.AsSpan(o * Width, Width), gradient[(e * units) + o], x.AsSpan(e * Width, Width));
            }
        }
        return result;
    }

    private static (double Loss, float[] Gradient, ImmutableArray<double> Probabilities) CrossEntropy(float[] logits)
    {
        double loss = 0;
        float[] gradient = new float[logits.Length];
        double[] mean = new double[Classes];
        for (int e = 0; e < Batch; e++)
        {
            double[] row = [.. logits.Skip(e * Classes).Take(Classes).Select(v => (double)v)];
            double largest = row.Max();
            double sum = row.Sum(v => Math.Exp(v - largest));
            int label = e % Classes;
            loss += (Math.Log(sum) + largest - row[label]) / Batch;
            for (int k = 0; k < Classes; k++)
            {
                double p = Math.Exp(row[k] - largest) / sum;
                mean[k] += p / Batch;
                gradient[(e * Classes) + k] = (float)((p - (k == label ? 1 : 0)) / Batch);
            }
        }
        return (loss, gradient, [.. mean]);
    }

    private static double Variance(float[] logits) =>
        logits
            .Chunk(Classes)
            .Average(row => row.Average(v => (double)v * v) - Math.Pow(row.Average(v => (double)v), 2));

    private double Dead(float[] z) =>
        Enumerable.Range(0, Width).Count(u => Enumerable.Range(0, Batch).All(e => z[(e * Width) + u] <= 0))
        / (double)Width;

    private static double Cosine(float[] z, int units)
    {
        float[][] rows = [.. z.Chunk(units)];
        double sum = 0;
        for (int i = 0; i + 1 < rows.Length; i++)
        {
            sum += Dot(rows[i], rows[i + 1]) / Math.Sqrt(Dot(rows[i], rows[i]) * Dot(rows[i + 1], rows[i + 1]));
        }
        return sum / (rows.Length - 1);
    }
}
