using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

/// <summary>Studies as a user of the library writes them.</summary>
public sealed class StudyTests
{
    [Fact]
    public void Own_module_own_data_own_initializer_own_loss()
    {
        var own = Initializer.Custom(
            "own_uniform",
            (values, tensor, stream) =>
                stream.FillUniform(values, -1 / Math.Sqrt(tensor.Fan!.Value.In), 1 / Math.Sqrt(tensor.Fan!.Value.In))
        );
        var study = new Study(
            () => new Regressor(),
            new Waves(),
            [own, Initializer.Zeros],
            seeds: 2,
            new()
            {
                Steps = 200,
                LearningRates = [0.05],
                TargetLoss = 0.1,
            },
            "regressor"
        );

        StudyResult result = study.Run(new StudyRun());

        Assert.Equal(4, study.TrialCount);
        Assert.Equal(["own_uniform", "zeros"], result.Summary.Select(s => s.Init));
        Assert.Equal([Outcome.Learned, Outcome.Symmetric], result.Summary.Select(s => s.Outcome));
        Assert.InRange(result.Summary[0].FinalLoss.Max, 0, 0.1);
        Assert.Equal(2, result.Summary[0].ReachedTarget);
        Assert.True(double.IsNaN(result.Summary[0].TestAccuracy.Mean));
        Assert.All(result.Trials, t => Assert.Equal(["first", "second", "last"], t.Layers.Select(l => l.Name)));
        Assert.Null(result.Trials[0].WeightsAfter);
    }

    [Fact]
    public void A_module_with_nested_shared_and_normalizing_layers()
    {
        DataSet set = SmallData.Of("vectors");

        StudyResult result = Study.Run(
            () => new Nested(),
            set,
            [Initializer.HeNormal(), Initializer.Orthogonal(1.5)],
            1,
            new() { Steps = 5 }
        );

        Assert.All(result.Trials, t => Assert.Equal([12, 12], t.Units));
        Assert.All(result.Trials, t => Assert.Equal([12, 12], t.DistinctUnits));
    }

    [Fact]
    public void Layers_that_cannot_be_watched_are_named_as_the_reason()
    {
        DataSet set = SmallData.Of("vectors");

        var error = Assert.Throws<InvalidOperationException>(() =>
            Study.Run(() => new ByForward(), set, [Initializer.Zeros], 1, new() { Steps = 2 })
        );

        Assert.StartsWith(
            "No Linear or Conv layer of the network was seen to run",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_error_of_the_users_own_comes_out_as_it_is()
    {
        DataSet set = SmallData.Of("vectors");

        Assert.Throws<NotSupportedException>(() =>
            Study.Run(() => throw new NotSupportedException("mine"), set, [Initializer.Zeros], 3)
        );
    }

    [Fact]
    public void An_orthogonal_rule_with_a_gain_has_gain_1_at_the_output()
    {
        Assert.Equal(Initializer.Orthogonal(), Contender.Of(Initializer.Orthogonal(Math.Sqrt(2))).Output);
        Assert.Null(Contender.Of(Initializer.Orthogonal()).Output);
        Assert.Null(Contender.Of(Initializer.HeNormal()).Output);
        DataSet set = SmallData.Of("vectors");
        TrialResult trial = Study
            .Run(
                () => Network.Parse("mlp:2x12:identity").Build(set),
                set,
                [Initializer.Orthogonal(2)],
                1,
                new() { Steps = 1 }
            )
            .Trials[0];
        // Square orthogonal layers keep the length of every vector but for the gain.
        Assert.Equal(2, trial.Layers[1].ActivationRms / trial.Layers[0].ActivationRms, 1e-5);
        Assert.InRange(trial.Layers[2].ActivationRms / trial.Layers[1].ActivationRms, 0.5, 1.5);
    }

    [Fact]
    public void Nonsense_is_refused_before_anything_runs()
    {
        StudyData data = StudyData.Of(SmallData.Of("vectors"));
        void Make(Initializer[] initializers, int seeds, StudySettings settings) =>
            _ = new Study(() => throw new InvalidOperationException(), data, initializers, seeds, settings);

        Initializer[] one = [Initializer.Zeros];
        Assert.Throws<ArgumentException>(() => Make([], 1, new()));
        Assert.Throws<ArgumentException>(() => Make([Initializer.Zeros, Initializer.Parse("zeros")], 1, new()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(one, 0, new()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(one, 1, new() { Steps = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(one, 1, new() { BatchSize = 0 }));
        foreach (
            double[] rates in (double[][])
                [
                    [],
                    [0],
                    [-1],
                    [double.NaN],
                    [double.PositiveInfinity],
                    [0.1, 0.1],
                ]
        )
        {
            Assert.Throws<ArgumentException>(() => Make(one, 1, new() { LearningRates = rates }));
        }
    }

    private sealed class Regressor : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(1, 32);
        private readonly Linear second = nn.Linear(32, 32);
        private readonly Linear last = nn.Linear(32, 1);

        public Regressor()
            : base(nameof(Regressor)) => RegisterComponents();

        public override Tensor forward(Tensor input) => last.call(second.call(first.call(input).tanh()).tanh());
    }

    /// <summary>y = sin 3x on [-1, 1], learned by mean squared error.</summary>
    private sealed class Waves : StudyData
    {
        public override string Name => "waves";

        public override string Fingerprint => "sin 3x";

        // The variance of sin 3x for uniform x: (1 - sin 6 / 6) / 2.
        public override double ChanceLoss => (1 - (Math.Sin(6) / 6)) / 2;

        public override Batch Train(int step, int batchSize, Seed order)
        {
            float[] x = new float[batchSize];
            RandomStream.Create(order, "x").FillUniform(x, -1, 1, offset: (long)step * batchSize);
            return new(tensor(x, [batchSize, 1]), tensor([.. x.Select(v => MathF.Sin(3 * v))], [batchSize, 1]));
        }

        public override Batch Probe(int count) => Train(0, count, 99);

        public override IEnumerable<Batch> Test() => [];

        public override Tensor Loss(Tensor output, Tensor targets) => (output - targets).square().mean();
    }

    private sealed class Nested : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential body;
        private readonly Linear head = nn.Linear(12, 3);

        public Nested()
            : base(nameof(Nested))
        {
            var shared = nn.Linear(12, 12);
            body = nn.Sequential(
                ("one", shared),
                ("norm", nn.BatchNorm1d(12)),
                ("act", nn.ReLU()),
                ("inner", nn.Sequential(("again", shared), ("two", nn.Linear(12, 12))))
            );
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => head.call(body.call(input));
    }

    private sealed class ByForward : nn.Module<Tensor, Tensor>
    {
        private readonly Linear layer = nn.Linear(12, 3);

        public ByForward()
            : base(nameof(ByForward)) => RegisterComponents();

        public override Tensor forward(Tensor input) => layer.forward(input);
    }
}
