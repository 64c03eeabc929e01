using System.Collections.Immutable;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The loss that a check takes, and what it says of a classifier.</summary>
/// <param name="Value">One number, with its history.</param>
/// <param name="Observation">Null where the output isn't known to be a classifier's.</param>
/// <param name="Softmax">What the output is, if it is already one: <c>softmax</c> or <c>log_softmax</c>.</param>
internal sealed record LossProbe(Tensor Value, LossObservation? Observation, string? Softmax)
{
    /// <summary>True where nobody said that the loss takes a softmax: it was assumed.</summary>
    public bool IsGuess { get; private init; }

    private const double Near = 1e-4;

    /// <exception cref="ArgumentException">The loss isn't one number, or the labels don't fit the output.</exception>
    public static LossProbe Of(Tensor output, bool readsTokens, SignalCheckOptions options)
    {
        bool isClassifier =
            output.dim() == 2 && output.shape[1] > 1 || (output.dim() == 3 && readsTokens && output.shape[2] > 1);
        Tensor? logits = isClassifier ? Float(output).reshape(-1, output.shape[^1]) : null;
        if (options.Labels is { } given)
        {
            CheckLabels(output, given, logits is not null);
        }
        if (options.Loss is { } loss)
        {
            Tensor value = loss(output);
            if (value.numel() != 1)
            {
                throw new ArgumentException(
                    $"The loss has {value.numel()} elements where it should be one number; reduce it, for example by its mean.",
                    nameof(options)
                );
            }
            // Whether it is the cross-entropy shows where the labels are known.
            if (logits is null || options.Labels is null)
            {
                return new(value, null, null);
            }
            double entropy = CpuTensor.Value(CrossEntropy(logits, options.Labels));
            return Math.Abs(CpuTensor.Value(value) - entropy) <= 1e-3 * (1 + Math.Abs(entropy))
                ? Classifier(value, logits, options, isGuess: false)
                : new(value, null, null);
        }
        if (logits is null)
        {
            Tensor values = Float(output);
            return new(values.mul(values).mean(), null, null);
        }
        Tensor labels = options.Labels ?? Drawn(logits, options.Seed);
        return Classifier(CrossEntropy(logits, labels), logits, options, isGuess: true);
    }

    private static Tensor Float(Tensor output) =>
        output.dtype is ScalarType.Float32 or ScalarType.Float64 ? output : output.to(ScalarType.Float32);

    private static Tensor CrossEntropy(Tensor logits, Tensor labels) =>
        nn.functional.cross_entropy(logits, labels.to(ScalarType.Int64).to(logits.device).reshape(-1));

    private static Tensor Drawn(Tensor logits, Seed seed)
    {
        long[] labels = new long[logits.shape[0]];
        RandomStream.Create(seed, "signal check labels").FillIntegers(labels, logits.shape[1]);
        return tensor(labels, device: logits.device);
    }

    private static void CheckLabels(Tensor output, Tensor labels, bool isClassifier)
    {
        long[] right = isClassifier ? output.shape[..^1] : [output.dim() == 0 ? 1 : output.shape[0]];
        if (isClassifier && !labels.shape.AsSpan().SequenceEqual(right))
        {
            throw new ArgumentException(
                $"The labels have shape [{string.Join(", ", labels.shape)}] where the model's output [{string.Join(", ", output.shape)}] needs [{string.Join(", ", right)}].",
                nameof(labels)
            );
        }
    }

    private static LossProbe Classifier(Tensor value, Tensor logits, SignalCheckOptions options, bool isGuess)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int classes = (int)logits.shape[1];
        Tensor numbers = logits.detach().to(ScalarType.Float64).cpu();
        Tensor centred = numbers.sub(numbers.mean([1L], keepdim: true));
        double variance = CpuTensor.Value(centred.mul(centred).mean());
        return new(
            value,
            new(CpuTensor.Value(value), classes, variance)
            {
                IsAssumed = options.Labels is null && !options.IsClassifier,
                ClassFrequencies = options.Labels is null ? [] : Frequencies(options.Labels, classes),
                MeanProbabilities = [.. CpuTensor.ToDoubles(numbers.softmax(1).mean([0L]))],
            },
            SoftmaxOf(numbers, isGuess)
        )
        {
            IsGuess = isGuess && !options.IsClassifier,
        };
    }

    private static ImmutableArray<double> Frequencies(Tensor labels, int classes)
    {
        double[] values = CpuTensor.ToDoubles(labels);
        var frequencies = new double[classes];
        foreach (double label in values)
        {
            if (label >= 0 && label < classes)
            {
                frequencies[(int)label] += 1.0 / values.Length;
            }
        }
        return [.. frequencies];
    }

    /// <summary>
    /// Whether rows are probabilities, or logarithms of some. The cross-entropy takes the logarithms as they are, so that
    /// they are only worth a word where nobody gave a loss.
    /// </summary>
    private static string? SoftmaxOf(Tensor rows, bool isGuess)
    {
        if (AreNear(rows.sum([1L]), 1) && CpuTensor.Value(rows.min()) >= 0)
        {
            return "softmax";
        }
        return isGuess && AreNear(rows.exp().sum([1L]), 1) ? "log_softmax" : null;

        static bool AreNear(Tensor sums, double to) =>
            Array.TrueForAll(CpuTensor.ToDoubles(sums), sum => Math.Abs(sum - to) <= Near);
    }
}
