using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

public sealed class TrainerTests
{
    [Theory]
    // Means of two: 3, 2.5, 1.5, 0.5.
    [InlineData(2.0, 2, 4)]
    [InlineData(2.6, 2, 3)]
    [InlineData(0.5, 2, null)]
    [InlineData(0.51, 2, 5)]
    // Each for itself: 3, 3, 2, 1, 0.
    [InlineData(1.5, 1, 4)]
    // A window longer than the curve is never full.
    [InlineData(10.0, 6, null)]
    public void Steps_to_target_by_hand(double target, int window, int? expected) =>
        Assert.Equal(expected, Trainer.StepsTo(target, [3, 3, 2, 1, 0], window));

    [Fact]
    public void A_huge_loss_hides_nothing_of_those_after_it() =>
        Assert.Null(Trainer.StepsTo(1.15, [2.3, 5e21, 2.3, 2.3], 1));

    [Fact]
    public void A_curve_that_ends_in_infinity_may_have_been_under_the_target_before() =>
        Assert.Equal(2, Trainer.StepsTo(1, [3, 0.5, double.PositiveInfinity], 1));

    [Fact]
    public void The_final_loss_is_the_mean_of_the_last_fifth()
    {
        TrialResult trial = Run(new() { Steps = 23, LearningRates = [0.05] }, Initializer.HeNormal());

        Assert.Equal(23, trial.Curve.Length);
        Assert.Equal(trial.Curve.TakeLast(4).Average(), trial.FinalLoss);
    }

    [Fact]
    public void A_trial_learns_and_is_measured()
    {
        TrialResult trial = Run(
            new()
            {
                Steps = 60,
                BatchSize = 30,
                LearningRates = [0.05],
            },
            Initializer.HeNormal()
        );

        Assert.Equal(Outcome.Learned, trial.Outcome);
        Assert.InRange(trial.TestAccuracy, 0.8, 1);
        Assert.Equal(["fc1", "fc2", "output"], trial.Layers.Select(l => l.Name));
        Assert.Equal([16, 16], trial.Units);
        Assert.Equal([16, 16], trial.DistinctUnits);
        Assert.Equal(
            (8, 8, 16),
            (trial.WeightsAfter!.Width, trial.WeightsAfter.Height, trial.WeightsAfter.Units.Length)
        );
        Assert.NotEqual(trial.WeightsBefore!.Units[0], trial.WeightsAfter.Units[0]);
    }

    [Fact]
    public void Zeros_stay_symmetric_at_the_entropy_of_the_classes()
    {
        TrialResult trial = Run(new() { Steps = 60, LearningRates = [0.05] }, Initializer.Zeros);

        Assert.Equal(Outcome.Symmetric, trial.Outcome);
        Assert.Equal([1, 1], trial.DistinctUnits);
        Assert.Equal(Math.Log(3), trial.FinalLoss, 0.01);
    }

    [Theory]
    // Overflow in the first pass, and weights that blow up after some steps.
    [InlineData("normal(std=1e30)", 0.05)]
    [InlineData("he_normal", 1e6)]
    public void Divergence_is_a_result(string initializer, double rate)
    {
        TrialResult trial = Run(new() { Steps = 60, LearningRates = [rate] }, Initializer.Parse(initializer));

        Assert.Equal((true, Outcome.Diverged), (trial.Diverged, trial.Outcome));
        Assert.InRange(trial.Curve.Length, 1, 59);
        Assert.False(double.IsFinite(trial.Curve[^1]));
        Assert.True(double.IsNaN(trial.FinalLoss) && double.IsNaN(trial.TestAccuracy));
        // Weights that aren't numbers aren't equal units.
        Assert.DoesNotContain(1, trial.DistinctUnits);
    }

    [Fact]
    public void Other_trials_and_other_threads_change_no_bit()
    {
        StudySettings settings = new() { Steps = 25, LearningRates = [0.05, 0.1] };
        Initializer[] initializers = [Initializer.HeNormal(), Initializer.Lsuv(), Initializer.Orthogonal()];

        string one = Bits(Small(settings, initializers, 2).Run(new() { Parallelism = 1 }));
        string four = Bits(Small(settings, initializers, 2).Run(new() { Parallelism = 4 }));
        string alone = Bits(Small(settings, [Initializer.Lsuv()], 2).Run(new() { Parallelism = 1 }));

        Assert.Equal(one, four);
        Assert.Contains(alone.Trim('[', ']'), one, StringComparison.Ordinal);
    }

    /// <summary>Wherever the arrays of a batch lie in memory.</summary>
    [Theory]
    [InlineData(OptimizerKind.Sgd, "mlp:1x4:relu", "vectors")]
    [InlineData(OptimizerKind.Adam, "mlp:2x16:relu", "images")]
    [InlineData(OptimizerKind.Sgd, "cnn:2x4:relu", "images")]
    [InlineData(OptimizerKind.Adam, "text:2x8:relu", "texts")]
    public void The_same_again_gives_the_same_bits(OptimizerKind kind, string network, string data)
    {
        DataSet set = SmallData.Of(data);
        var settings = new StudySettings
        {
            Steps = 10,
            Optimizer = kind,
            LearningRates = [0.01],
        };
        string Once() =>
            Bits(
                Study.Run(
                    () => Network.Parse(network).Build(set),
                    set,
                    [Initializer.HeNormal(), Initializer.Lsuv()],
                    1,
                    settings
                )
            );

        string first = Once();
        for (int i = 1; i < 8; i++)
        {
            // Shifts where the next arrays come to lie.
            byte[] shift = GC.AllocateUninitializedArray<byte>((16 * i) + 8);
            Assert.Equal(first, Once());
            GC.KeepAlive(shift);
        }
    }

    [Fact]
    public void Weights_and_order_have_seeds_of_their_own()
    {
        StudySettings settings = new() { Steps = 5 };
        var data = new Recorder(SmallData.Of("images"));

        TrialResult First(StudySettings s)
        {
            data.Seen.Clear();
            return Small(s, [Initializer.HeNormal()], 1, data).Run(new()).Trials[0];
        }

        TrialResult plain = First(settings);
        List<string> order = [.. data.Seen];
        TrialResult otherOrder = First(settings with { OrderSeed = 9 });
        Assert.Equal(plain.WeightsBefore!.Units[3], otherOrder.WeightsBefore!.Units[3]);
        Assert.NotEqual(order, data.Seen);

        TrialResult otherWeights = First(settings with { WeightSeed = 9 });
        Assert.NotEqual(plain.WeightsBefore!.Units[3], otherWeights.WeightsBefore!.Units[3]);
        Assert.Equal(order, data.Seen);
    }

    [Fact]
    public void All_initializers_see_the_same_batches_and_each_trial_others()
    {
        var data = new Recorder(SmallData.Of("images"));
        _ = Small(new() { Steps = 6 }, [Initializer.HeNormal(), Initializer.Zeros, Initializer.Lsuv()], 2, data)
            .Run(new() { Parallelism = 1 });

        string[][] trials = [.. data.Seen.Chunk(6)];

        Assert.Equal(6, trials.Length);
        Assert.Equal(trials[0], trials[1]);
        Assert.Equal(trials[0], trials[2]);
        Assert.Equal(trials[3], trials[5]);
        Assert.NotEqual(trials[0], trials[3]);
    }

    [Fact]
    public void A_pass_shows_every_example_once_and_the_next_in_another_order()
    {
        DataSet set = SmallData.Of("vectors");
        StudyData data = StudyData.Of(set);

        float[][] Pass(int pass) =>
            [
                .. Enumerable
                    .Range(0, 3)
                    .SelectMany(i =>
                    {
                        using var scope = NewDisposeScope();
                        return data.Train((3 * pass) + i, 30, 1).Inputs.data<float>().ToArray().Chunk(12).ToArray();
                    }),
            ];

        string[] Sorted(float[][] rows) => [.. rows.Select(r => string.Join(' ', r)).Order(StringComparer.Ordinal)];

        Assert.Equal(Sorted([.. set.Train.Inputs.ToArray().Chunk(12)]), Sorted(Pass(0)));
        Assert.Equal(Sorted(Pass(0)), Sorted(Pass(1)));
        Assert.NotEqual(Pass(0).SelectMany(r => r), Pass(1).SelectMany(r => r));
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_all_of_them()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([90, 12], StudyData.Of(SmallData.Of("vectors")).Train(5, 1000, 1).Inputs.shape);
    }

    [Fact]
    public void Cancellation_stops_within_a_step()
    {
        using var cancel = new CancellationTokenSource();
        int last = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Small(new() { Steps = 1000 }, [Initializer.HeNormal(), Initializer.Zeros], 2)
                .Run(
                    new()
                    {
                        Parallelism = 1,
                        Cancellation = cancel.Token,
                        Progress = p =>
                        {
                            last = p.Step;
                            if (p.Step == 7)
                            {
                                cancel.Cancel();
                            }
                        },
                    }
                )
        );

        Assert.Equal(7, last);
    }

    [Fact]
    public void Cancellation_stops_the_fitting_of_weights_to_data()
    {
        using var cancel = new CancellationTokenSource();
        DataSet set = SmallData.Of("vectors");
        int passes = 0;
        nn.Module<Tensor, Tensor> Make()
        {
            nn.Module<Tensor, Tensor> network = Network.Parse("mlp:9x8:relu").Build(set);
            network.register_forward_hook(
                (_, _, output) =>
                {
                    if (Interlocked.Increment(ref passes) == 3)
                    {
                        cancel.Cancel();
                    }
                    return output;
                }
            );
            return network;
        }

        Assert.ThrowsAny<OperationCanceledException>(() =>
            new Study(Make, StudyData.Of(set), [Initializer.Lsuv()], 1).Run(new() { Cancellation = cancel.Token })
        );
        Assert.Equal(3, passes);
    }

    [Theory]
    [InlineData("mlp:2x16:relu", "images", "he_normal", OptimizerKind.Sgd)]
    [InlineData("cnn:2x4:tanh", "images", "lsuv", OptimizerKind.Adam)]
    [InlineData("text:2x8:gelu", "texts", "normal(std=1e30)", OptimizerKind.Adam)]
    public void A_trial_leaks_no_tensor(string network, string data, string initializer, OptimizerKind kind)
    {
        DataSet set = SmallData.Of(data);
        var trainer = new Trainer(
            () => Network.Parse(network).Build(set),
            StudyData.Of(set),
            new() { Steps = 3, Optimizer = kind },
            TimeProvider.System
        );
        void Once() => trainer.Run(Contender.Of(Initializer.Parse(initializer)), 0, 0.01, (_, _) => { }, default);
        Once();
        // Counted by each thread for itself, so tests beside this one don't disturb it.
        DisposeScopeManager.Statistics.Reset();

        Once();

        Assert.Equal(0, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static TrialResult Run(StudySettings settings, Initializer initializer) =>
        Small(settings, [initializer], 1).Run(new()).Trials[0];

    private static Study Small(
        StudySettings settings,
        IEnumerable<Initializer> initializers,
        int seeds,
        StudyData? data = null
    )
    {
        DataSet set = SmallData.Of("images");
        return new(
            () => Network.Parse("mlp:2x16:relu").Build(set),
            data ?? StudyData.Of(set),
            initializers,
            seeds,
            settings
        );
    }

    /// <summary>All of the trials but the time they took; a number's shortest text tells its bits.</summary>
    private static string Bits(StudyResult result) =>
        string.Join(
            ',',
            result.Trials.Select(t => JsonSerializer.Serialize(t with { Seconds = 0 }, ResultJson.Default.TrialResult))
        );

    /// <summary>Notes every training batch.</summary>
    private sealed class Recorder(DataSet set) : StudyData
    {
        private readonly StudyData _data = Of(set);

        public List<string> Seen { get; } = [];

        public override string Name => _data.Name;

        public override string Fingerprint => _data.Fingerprint;

        public override double ChanceLoss => _data.ChanceLoss;

        public override (int Width, int Height)? InputImage => _data.InputImage;

        public override Batch Train(int step, int batchSize, Seed order)
        {
            Batch batch = _data.Train(step, batchSize, order);
            lock (Seen)
            {
                Seen.Add(string.Join(' ', batch.Inputs.data<float>().ToArray()));
            }
            return batch;
        }

        public override Batch Probe(int count) => _data.Probe(count);

        public override IEnumerable<Batch> Test() => _data.Test();
    }
}
