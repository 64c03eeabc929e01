using FanIn.TorchSharp.Tests.Models;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class SignalCheckTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Figures_of_layers_are_those_of_the_probe_and_of_first_principles()
    {
        Sequential model = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, 3));
        Tensor batch = TestTensors.Normal("batch", 9, 5);
        SignalMeasurement probe = SignalProbe.Measure(model, batch, output => output.mul(output).mean());

        ModelObservation observation = Observe(model, batch, new() { Loss = output => output.mul(output).mean() });

        Assert.Equal(["0", "2", "4"], observation.Layers.Select(l => l.Name));
        Assert.Equal(["Linear", "Linear", "Linear"], observation.Layers.Select(l => l.Kind));
        Assert.Equal(["0.weight", "2.weight", "4.weight"], observation.Layers.Select(l => l.Weight));
        Assert.Equal(["relu", "tanh", null], observation.Layers.Select(l => l.Activation?.Name));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(probe.Layers[i].Activations.Rms, observation.Layers[i].Output.Rms, 1e-9);
            Assert.Equal(probe.Layers[i].Gradients!.Rms, observation.Layers[i].Gradient!.Rms, 1e-9);
            Assert.Equal(probe.Layers[i].DeadShare, observation.Layers[i].DeadShare);
            Assert.Equal(probe.Layers[i].SaturatedShare, observation.Layers[i].SaturatedShare);
            Assert.NotNull(observation.Layers[i].Output.Histogram);
        }
        double[] first = Sequential(model, "0", batch);
        Assert.Equal(MeanCosine(first, 9, 7), observation.Layers[0].Correlation!.Value, 1e-5);
        Assert.Null(observation.Layers[0].TokenCorrelation);
        Assert.Equal(
            Math.Sqrt(first.Average(x => Math.Max(x, 0) * Math.Max(x, 0))),
            observation.Layers[1].Input!.Rms,
            1e-5
        );
        double[] singular = linalg.svdvals(tensor(first).reshape(9, 7)).Values();
        Assert.Equal(
            singular.Sum(s => s * s) / (singular[0] * singular[0]),
            observation.Layers[0].StableRank!.Value,
            1e-3
        );
        Assert.Null(observation.Loss);
        Assert.Null(observation.WithoutGradients);
        Assert.Equal(Math.Sqrt(batch.Values().Average(x => x * x)), observation.Input!.Rms, 1e-6);
    }

    [Fact]
    public void Tokens_and_examples_are_compared_along_their_axes()
    {
        Linear layer = nn.Linear(4, 5);
        Conv1d convolution = nn.Conv1d(3, 5, 1);
        Tensor tokens = TestTensors.Normal("tokens", 3, 6, 4);
        Tensor images = TestTensors.Normal("images", 3, 3, 6);

        LayerObservation dense = Observe(layer, tokens).Layers[0];
        LayerObservation pixels = Observe(convolution, images).Layers[0];

        double[] y = TestTensors.Values(layer.call(tokens));
        Assert.Equal(
            Enumerable.Range(0, 3).Average(b => MeanCosine(y[(b * 30)..((b + 1) * 30)], 6, 5)),
            dense.TokenCorrelation!.Value,
            1e-5
        );
        Assert.Equal(MeanCosine(layer.call(tokens).mean([1]).Values(), 3, 5), dense.Correlation!.Value, 1e-5);
        Assert.Equal(MeanCosine(convolution.call(images).mean([2]).Values(), 3, 5), pixels.Correlation!.Value, 1e-5);
        Assert.Null(pixels.TokenCorrelation);
        Assert.Equal("Linear", dense.Name);
        Assert.Equal("weight", dense.Weight);
    }

    [Fact]
    public void A_classifiers_loss_is_told_with_its_labels()
    {
        Linear model = nn.Linear(4, 3);
        Tensor batch = TestTensors.Normal("x", 4, 4);
        Tensor labels = tensor(new long[] { 0, 2, 2, 2 });

        LossObservation loss = Observe(model, batch, new() { Labels = labels }).Loss!;

        double[] logits = TestTensors.Values(model.call(batch));
        long[] classes = [0, 2, 2, 2];
        (double entropy, double variance) = (0, 0);
        double[] probabilities = new double[3];
        for (int i = 0; i < 4; i++)
        {
            double[] row = logits[(3 * i)..(3 * (i + 1))];
            double total = row.Sum(Math.Exp);
            entropy += (Math.Log(total) - row[classes[i]]) / 4;
            variance += row.Average(x => Math.Pow(x - row.Average(), 2)) / 4;
            for (int c = 0; c < 3; c++)
            {
                probabilities[c] += Math.Exp(row[c]) / total / 4;
            }
        }
        Assert.Equal(entropy, loss.Loss, 1e-5);
        Assert.Equal(variance, loss.LogitVariance, 1e-5);
        Assert.Equal(3, loss.Classes);
        Assert.Equal([0.25, 0, 0.75], loss.ClassFrequencies);
        Assert.All(probabilities.Zip(loss.MeanProbabilities), p => Assert.Equal(p.First, p.Second, 1e-6));
        LossObservation unlabelled = Observe(model, batch).Loss!;
        Assert.Empty(unlabelled.ClassFrequencies);
        Assert.Equal((false, true), (loss.IsAssumed, unlabelled.IsAssumed));
        Assert.False(Observe(model, batch, new() { IsClassifier = true }).Loss!.IsAssumed);
    }

    [Fact]
    public void An_output_that_nobody_calls_logits_is_not_accused_of_large_ones()
    {
        Linear model = nn.Linear(4, 3);
        using (no_grad())
        {
            model.weight.mul_(50);
        }
        Tensor batch = TestTensors.Normal("x", 64, 4);

        SignalReport assumed = SignalCheck.Run(model, batch);
        SignalReport known = SignalCheck.Run(model, batch, new() { IsClassifier = true });

        Assert.True(assumed.IsHealthy);
        Assert.Equal(FindingSeverity.Note, assumed.Findings.Single(f => f.Kind == FindingKind.LogitsTooLarge).Severity);
        Assert.Equal("logits-too-large", known.Verdict);
    }

    [Fact]
    public void The_model_is_left_as_it_was()
    {
        BatchNorm1d norm = nn.BatchNorm1d(4);
        Dropout dropout = nn.Dropout(0.5);
        Sequential model = nn.Sequential(nn.Linear(3, 4), norm, nn.Tanh(), dropout, nn.Linear(4, 2));
        Tensor batch = TestTensors.Normal("batch", 6, 3).add(5);
        model.call(batch).sum().backward();
        ((Linear)model[4]).weight.requires_grad = false;
        norm.eval();
        Dictionary<string, double[]> weights = model.Snapshot();
        double[][] gradients = [.. model.parameters().Select(p => p.grad!.Values())];
        Dictionary<string, double[]> buffers = Buffers(model);

        SignalCheck.Run(model, batch);
        SignalCheck.Run(model, batch, new() { Recipe = Recipe.Parse("he_normal"), Seeds = 3 });
        Assert.Throws<TimeoutException>(() =>
            SignalCheck.Run(
                model,
                batch,
                new() { Recipe = Recipe.Parse("he_normal"), Loss = _ => throw new TimeoutException() }
            )
        );

        Assert.True(model.training && dropout.training && !norm.training);
        Assert.Equal(0, model.HookCount());
        Assert.Equal(weights, model.Snapshot());
        Assert.Equal(buffers, Buffers(model));
        Assert.Equal(gradients, model.parameters().Select(p => p.grad!.Values()));
        Assert.Equal([true, true, true, true, false, true], model.parameters().Select(p => p.requires_grad));

        static Dictionary<string, double[]> Buffers(nn.Module model) =>
            model.named_buffers().ToDictionary(b => b.name, b => b.buffer.Values());
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        Sequential model = nn.Sequential(
            nn.Linear(3, 4),
            nn.BatchNorm1d(4),
            nn.Tanh(),
            nn.Linear(4, 4),
            nn.Linear(4, 2)
        );
        TestModule language = TestModels.Gpt2(1, 8, linear: true);
        Tensor batch = TestTensors.Normal("batch", 6, 3);
        Tensor tokens = SignalTraceTests.Tokens(2, 5, 300);
        SignalCheck.Run(model, batch);
        SignalCheck.Run(language, tokens);
        using (new LeakCheck("a check"))
        {
            SignalCheck.Run(model, batch);
            model.eval();
            SignalCheck.Run(model, batch, new() { Recipe = Recipe.Parse("orthogonal"), Seeds = 2 });
            SignalCheck.Run(language, tokens);
        }
    }

    [Fact]
    public void Dropout_makes_no_noise_and_a_scope_in_forward_does_no_harm()
    {
        (Linear first, Linear second) = (nn.Linear(5, 8), nn.Linear(8, 3));
        Dropout dropout = nn.Dropout(0.5);
        var model = new TestModule(
            x =>
            {
                using var scope = NewDisposeScope();
                return second.call(dropout.call(first.call(x).relu())).MoveToOuterDisposeScope();
            },
            ("first", first),
            ("dropout", dropout),
            ("second", second)
        );
        Tensor batch = TestTensors.Normal("x", 6, 5);

        ModelObservation once = Observe(model, batch);
        ModelObservation again = Observe(model, batch);

        Assert.Equal(once.Layers.Select(l => l.Output.Rms), again.Layers.Select(l => l.Output.Rms));
        Assert.Equal(once.Layers.Select(l => l.Gradient!.Rms), again.Layers.Select(l => l.Gradient!.Rms));
        Assert.Equal(once.Loss!.Loss, again.Loss!.Loss);
        double[] expected = Enumerable
            .Range(0, 3)
            .SelectMany(_ => second.call(first.call(batch).relu()).Values())
            .ToArray();
        Assert.Equal(Math.Sqrt(expected.Average(x => x * x)), once.Layers[1].Output.Rms, 1e-5);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-6)]
    [InlineData(ScalarType.BFloat16, 0.03)]
    public void Other_element_types_are_measured_too(ScalarType type, double tolerance)
    {
        (Linear first, Linear second) = (nn.Linear(5, 32), nn.Linear(32, 3));
        var model = new TestModule(x => second.call(first.call(x).tanh()), ("first", first), ("second", second));
        Tensor batch = TestTensors.Normal("x", 16, 5);
        ModelObservation single = Observe(model, batch);
        model.to(type);

        (ModelObservation other, SignalGraph graph) = SignalCheck.Observe(model, batch.to(type));

        Assert.Equal(1, other.Layers[1].Output.Rms / single.Layers[1].Output.Rms, tolerance);
        Assert.Equal(1, other.Layers[0].Gradient!.Rms / single.Layers[0].Gradient!.Rms, tolerance);
        Assert.Equal("tanh", other.Layers[0].Activation?.Name);
        Assert.Equal(4, graph.Nodes.Length);
    }

    [Fact]
    public void A_layer_that_runs_again_has_a_number()
    {
        Linear layer = nn.Linear(4, 4);
        var model = new TestModule(x => layer.call(layer.call(layer.call(x)).tanh()), ("layer", layer));

        ModelObservation observation = Observe(model, TestTensors.Normal("x", 8, 4));

        Assert.Equal(["layer", "layer#2", "layer#3"], observation.Layers.Select(l => l.Name));
        Assert.All(observation.Layers, l => Assert.Equal("layer.weight", l.Weight));
        Assert.Equal([null, "tanh", null], observation.Layers.Select(l => l.Activation?.Name));
    }

    [Fact]
    public void Recurrent_and_attention_layers_are_seen_as_a_whole()
    {
        TestModule model = TestModels.Lstm(8, 12);

        ModelObservation observation = Observe(model, SignalTraceTests.Tokens(4, 6, 50));

        Assert.Equal(["embedding", "lstm", "out"], observation.Layers.Select(l => l.Name));
        Assert.True(observation.Layers[1].Gradient!.Rms > 0);
        Assert.Equal(4 * 6 * 12, observation.Layers[1].Output.Count);

        MultiheadAttention attention = nn.MultiheadAttention(8, 2);
        Linear head = nn.Linear(8, 3);
        var second = new TestModule(
            x => head.call(attention.call(x, x, x).Item1),
            ("attention", attention),
            ("head", head)
        );
        LayerObservation seen = Observe(second, TestTensors.Normal("x", 5, 4, 8)).Layers[0];
        Assert.Equal(("attention", "MultiheadAttention"), (seen.Name, seen.Kind));
        Assert.InRange(seen.AttentionEntropy!.Value, 0.5, 1);
    }

    [Fact]
    public void Singular_values_are_those_of_the_product_of_matrices()
    {
        Linear[] layers = [.. Enumerable.Range(0, 4).Select(_ => nn.Linear(6, 6))];
        Sequential model = nn.Sequential(layers);

        ModelObservation observation = Observe(model, TestTensors.Normal("x", 5, 6));

        double[] expected = linalg.svdvals(layers[2].weight.mm(layers[1].weight).detach()).Values();
        Assert.Equal(6, observation.SingularValues.Length);
        Assert.All(expected.Zip(observation.SingularValues), s => Assert.Equal(s.First, s.Second, 1e-5));
    }

    [Fact]
    public void What_is_wrong_with_the_arguments_is_said()
    {
        Linear model = nn.Linear(4, 3);
        Tensor batch = TestTensors.Normal("x", 5, 4);

        Assert.Contains(
            "[0, 4]",
            Assert.Throws<ArgumentException>(() => SignalCheck.Run(model, zeros(0, 4))).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => SignalCheck.Run(model, batch, new() { Seeds = 0 }));
        Assert.Contains(
            "15 elements",
            Assert.Throws<ArgumentException>(() => SignalCheck.Run(model, batch, new() { Loss = y => y })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[4] where the model's output [5, 3] needs [5]",
            Assert
                .Throws<ArgumentException>(() =>
                    SignalCheck.Run(model, batch, new() { Labels = zeros(4, dtype: ScalarType.Int64) })
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    private static ModelObservation Observe(
        nn.Module<Tensor, Tensor> model,
        Tensor batch,
        SignalCheckOptions? options = null
    ) => SignalCheck.Observe(model, batch, options).Observation;

    private static double[] Sequential(nn.Module model, string layer, Tensor x) =>
        x.matmul(model.get_parameter($"{layer}.weight")!.t()).add(model.get_parameter($"{layer}.bias")!).Values();

    private static double MeanCosine(double[] values, int vectors, int length)
    {
        double sum = 0;
        for (int i = 0; i < vectors; i++)
        {
            for (int j = 0; j < vectors; j++)
            {
                if (i != j)
                {
                    double[] a = values[(i * length)..((i + 1) * length)];
                    double[] b = values[(j * length)..((j + 1) * length)];
                    double product = a.Zip(b, (x, y) => x * y).Sum();
                    sum += product / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
                }
            }
        }
        return sum / (vectors * (vectors - 1));
    }
}
