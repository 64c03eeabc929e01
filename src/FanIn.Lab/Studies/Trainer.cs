using System.Collections.Immutable;
using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>Runs one trial: initialize, measure, train, measure. A function of its arguments alone, but for time.</summary>
internal sealed class Trainer(
    Func<nn.Module<Tensor, Tensor>> network,
    StudyData data,
    StudySettings settings,
    TimeProvider time
)
{
    private const int ProbeExamples = 256;

    /// <summary>Under this share of the loss by guessing, a network has learned something.</summary>
    private const double StuckShare = 0.95;

    /// <param name="contender">The initialization.</param>
    /// <param name="trial">The trial's number, from 0: chooses the seeds of weights and order.</param>
    /// <param name="learningRate">The optimizer's step size.</param>
    /// <param name="report">Called after each step with the number of steps done and the step's loss.</param>
    /// <param name="cancellation">Checked at each step.</param>
    public TrialResult Run(
        Contender contender,
        int trial,
        double learningRate,
        Action<int, double> report,
        CancellationToken cancellation
    )
    {
        long start = time.GetTimestamp();
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = network();
        Batch probe = Aligned(data.Probe(ProbeExamples));
        var layers = NetworkLayers.Of(model, probe.Inputs);
        Seed seed = settings.WeightSeed.Following(trial);
        InitializationReport initialization = model.Initialize(
            contender.Recipe(layers.OutputWeight),
            seed,
            () =>
            {
                // Fitting to data passes the batch through the model again and again.
                cancellation.ThrowIfCancellationRequested();
                return data.Loss(model.call(probe.Inputs), probe.Targets);
            }
        );
        cancellation.ThrowIfCancellationRequested();
        SignalMeasurement signal = SignalProbe.Measure(model, probe.Inputs, output => data.Loss(output, probe.Targets));
        var result = new TrialResult
        {
            Init = contender.Name,
            Trial = trial,
            Seed = seed,
            LearningRate = learningRate,
            InitialLoss = signal.Loss,
            Layers = [.. signal.Layers.Select(Describe)],
            Units = layers.HiddenUnits,
            DistinctUnitsBefore = layers.CountDistinct(),
            WeightsBefore = trial == 0 ? layers.FirstWeights(data.InputImage) : null,
            WorstLsuvVariance = WorstVariance(initialization),
        };
        List<double> curve = Train(model, learningRate, settings.OrderSeed.Following(trial), report, cancellation);
        bool diverged = curve.Count < settings.Steps || !double.IsFinite(curve[^1]);
        result = result with
        {
            Curve = [.. curve],
            Diverged = diverged,
            FinalLoss = diverged ? double.NaN : curve.TakeLast(settings.FinalWindow).Average(),
            StepsToTarget = StepsTo(settings.TargetLoss ?? (data.ChanceLoss / 2), curve, settings.SmoothingWindow),
            TestAccuracy = diverged ? double.NaN : Accuracy(model, cancellation),
            DistinctUnits = layers.CountDistinct(),
            WeightsAfter = trial == 0 ? layers.FirstWeights(data.InputImage) : null,
            Seconds = time.GetElapsedTime(start).TotalSeconds,
        };
        return result with { Outcome = Judge(result) };
    }

    /// <summary>The first step (from 1) after which the mean loss of the last <paramref name="window"/> steps is under the target.</summary>
    internal static int? StepsTo(double target, IReadOnlyList<double> curve, int window)
    {
        // Each window is summed anew: in a running sum one huge loss would cancel all digits of those after it.
        for (int end = window; end <= curve.Count; end++)
        {
            if (curve.Skip(end - window).Take(window).Average() < target)
            {
                return end;
            }
        }
        return null;
    }

    private List<double> Train(
        nn.Module<Tensor, Tensor> model,
        double learningRate,
        Seed order,
        Action<int, double> report,
        CancellationToken cancellation
    )
    {
        var curve = new List<double>(settings.Steps);
        using Optimizer optimizer = Optimizer.Create(settings.Optimizer, model.parameters(), learningRate);
        model.train();
        for (int step = 0; step < settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Batch batch = Aligned(data.Train(step, settings.BatchSize, order));
            optimizer.ClearGradients();
            Tensor loss = data.Loss(model.call(batch.Inputs), batch.Targets);
            double value = ScalarValue.Of(loss);
            curve.Add(value);
            report(step + 1, value);
            if (!double.IsFinite(value))
            {
                break;
            }
            loss.backward();
            optimizer.Step();
        }
        return curve;
    }

    /// <summary>
    /// A batch in libtorch's own memory. A tensor made from an array lies where the array does, at any address, and
    /// matrix products round differently by the alignment of what they read.
    /// </summary>
    private static Batch Aligned(Batch batch)
    {
        using Tensor inputs = batch.Inputs;
        using Tensor targets = batch.Targets;
        return new(inputs.clone(), targets.clone());
    }

    private double Accuracy(nn.Module<Tensor, Tensor> model, CancellationToken cancellation)
    {
        model.eval();
        using var noGrad = no_grad();
        (long right, long all) = (0, 0);
        foreach (Batch batch in data.Test())
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using Tensor given = batch.Inputs;
            using Tensor targets = batch.Targets;
            right += data.Correct(model.call(given.clone()), targets);
            all += targets.shape[0];
        }
        return all == 0 ? double.NaN : (double)right / all;
    }

    private Outcome Judge(TrialResult result)
    {
        if (result.Diverged)
        {
            return Outcome.Diverged;
        }
        bool hasWidth = result.Units.Any(units => units > 1);
        if (hasWidth && result.DistinctUnits.All(units => units <= 1))
        {
            return Outcome.Symmetric;
        }
        return result.FinalLoss >= StuckShare * data.ChanceLoss ? Outcome.Stuck : Outcome.Learned;
    }

    private static double? WorstVariance(InitializationReport report)
    {
        double[] reached =
        [
            .. report
                .Fits.Where(fit => fit.Initializer is LsuvInitializer)
                .SelectMany(fit => fit.Parameters)
                .Select(layer => layer.After)
                .Where(v => !double.IsNaN(v)),
        ];
        return reached.Length == 0 ? null : reached.MaxBy(v => Math.Abs(v - 1));
    }

    private static TrialLayer Describe(LayerSignal layer) =>
        new(
            layer.Name,
            layer.Activations.Rms,
            layer.Gradients?.Rms ?? double.NaN,
            layer.Activations.Reach,
            [.. layer.Activations.Shares.Select(share => (float)share)],
            layer.Gradients?.Reach ?? 0,
            [.. (layer.Gradients?.Shares ?? []).Select(share => (float)share)],
            layer.DeadShare,
            layer.SaturatedShare
        );
}
