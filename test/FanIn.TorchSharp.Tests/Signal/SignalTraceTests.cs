using FanIn.TorchSharp.Tests.Models;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class SignalTraceTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_sequence_of_modules_is_a_chain()
    {
        Sequential model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Dropout(0.3), nn.Linear(7, 3));

        SignalGraph graph = Trace(model, TestTensors.Normal("x", 6, 5));

        Assert.Equal(
            ["Source input <", "Weighted 0 < 0", "Activate 1 < 1", "Weighted 3 < 2"],
            graph.Nodes.Select(Text)
        );
        var source = (SignalOperation.Source)graph.Nodes[0].Operation;
        double[] x = TestTensors.Normal("x", 6, 5).Values();
        Assert.Equal(x.Average(v => v * v), source.MeanSquare, 1e-6);
        Assert.Equal(x.Average(), source.Mean, 1e-6);
        Assert.Equal((5, 1, 6), (source.Units, source.Positions, source.Examples));
        var weighted = (SignalOperation.Weighted)graph.Nodes[1].Operation;
        Assert.Equal(model.Values("0.weight").Average(w => w * w), weighted.Law.SecondMoment, 1e-7);
        Assert.Equal(model.Values("0.bias").Average(b => b * b), weighted.BiasSecondMoment, 1e-7);
        Assert.Equal("tanh", ((SignalOperation.Activate)graph.Nodes[2].Operation).Activation.ToString());
    }

    public static TheoryData<string> Functions() =>
        [
            "relu",
            "gelu",
            "gelu_tanh",
            "silu",
            "tanh",
            "sigmoid",
            "elu(1)",
            "selu",
            "softplus",
            "mish",
            "leaky_relu(0.01)",
            "leaky_relu(0.2)",
            "hardswish",
            "quick_gelu",
            "erf",
            "squared_relu",
        ];

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_functional_activation_is_told_by_its_numbers(string name)
    {
        Activation activation = Activation.Parse(name);
        var function = ActivationFunctions.Of(activation);
        (Linear first, Linear second) = (nn.Linear(5, 7), nn.Linear(7, 3));
        var model = new TestModule(x => second.call(function(first.call(x))), ("first", first), ("second", second));

        (ModelObservation observation, SignalGraph graph) = SignalCheck.Observe(model, TestTensors.Normal("x", 16, 5));

        Assert.Equal(
            ["Source input <", "Weighted first < 0", $"Activate {name} before second < 1", "Weighted second < 2"],
            graph.Nodes.Select(Text)
        );
        Assert.Equal(activation, observation.Layers[0].Activation);
    }

    [Fact]
    public void A_residual_block_is_a_sum_of_its_input_and_its_branch()
    {
        Linear[] layers = [.. Enumerable.Range(0, 4).Select(_ => nn.Linear(6, 6))];
        var model = new TestModule(
            x =>
            {
                Tensor y = layers[0].call(x);
                y = y.add(layers[1].call(y.relu()).mul(0.5));
                return layers[3].call(nn.functional.relu(y.add(layers[2].call(y))));
            },
            ("a", layers[0]),
            ("b", layers[1]),
            ("c", layers[2]),
            ("d", layers[3])
        );

        SignalGraph graph = Trace(model, TestTensors.Normal("x", 16, 6));

        Assert.Equal(
            [
                "Source input <",
                "Weighted a < 0",
                "Activate relu before b < 1",
                "Weighted b < 2",
                "Sum sum before c < 1 3",
                "Weighted c < 4",
                "Sum sum before d < 4 5",
                "Activate relu before d < 6",
                "Weighted d < 7",
            ],
            graph.Nodes.Select(Text)
        );
        double[] factors = [.. ((SignalOperation.Sum)graph.Nodes[4].Operation).Weights];
        Assert.Equal(1, factors[0]);
        Assert.Equal(0.5, factors[1], 1e-5);
        Assert.Empty(((SignalOperation.Sum)graph.Nodes[6].Operation).Weights);
    }

    [Fact]
    public void Pooling_concatenation_and_flattening_by_functions_are_found()
    {
        (Conv2d a, Conv2d b, Conv2d c) = (
            nn.Conv2d(3, 4, 3, padding: 1),
            nn.Conv2d(4, 6, 3, padding: 1),
            nn.Conv2d(10, 8, 3)
        );
        Linear head = nn.Linear(8 * 2 * 2, 5);
        var model = new TestModule(
            x =>
            {
                Tensor y = nn.functional.max_pool2d(nn.functional.relu(a.call(x)), 2);
                Tensor z = cat([y, b.call(y)], 1);
                return head.call(nn.functional.avg_pool2d(c.call(z), 1).view(x.shape[0], -1));
            },
            ("a", a),
            ("b", b),
            ("c", c),
            ("head", head)
        );

        SignalGraph graph = Trace(model, TestTensors.Normal("x", 4, 3, 8, 8));

        Assert.Equal(
            [
                "Source input <",
                "Weighted a < 0",
                "Activate relu before b < 1",
                "MaxPool largest before b < 2",
                "Weighted b < 3",
                "Concatenate concatenation before c < 3 4",
                "Weighted c < 5",
                "Weighted head < 6",
            ],
            graph.Nodes.Select(Text)
        );
    }

    [Fact]
    public void A_gated_block_is_a_gate()
    {
        (Linear gate, Linear up, Linear down) = (nn.Linear(6, 8), nn.Linear(6, 8), nn.Linear(8, 6));
        var model = new TestModule(
            x => down.call(nn.functional.silu(gate.call(x)).mul(up.call(x))),
            ("gate", gate),
            ("up", up),
            ("down", down)
        );

        (ModelObservation observation, SignalGraph graph) = SignalCheck.Observe(model, TestTensors.Normal("x", 16, 6));

        Assert.Equal("Gate gate before down < 1 2", Text(graph.Nodes[3]));
        Assert.Equal("silu", ((SignalOperation.Gate)graph.Nodes[3].Operation).Activation.Name);
        Assert.Equal("silu", observation.Layers[0].Activation?.Name);
        Assert.Null(observation.Layers[1].Activation);
    }

    [Fact]
    public void What_nothing_explains_starts_from_what_was_measured()
    {
        (Linear first, Linear second) = (nn.Linear(5, 7), nn.Linear(7, 3));
        double[] values = [];
        var model = new TestModule(
            x =>
            {
                Tensor between = first.call(x).sort(1).Values.pow(3);
                values = between.Values();
                return second.call(between);
            },
            ("first", first),
            ("second", second)
        );

        SignalGraph graph = Trace(model, TestTensors.Normal("x", 16, 5));

        Assert.Equal("Source measured before second <", Text(graph.Nodes[2]));
        Assert.Equal(values.Average(v => v * v), ((SignalOperation.Source)graph.Nodes[2].Operation).MeanSquare, 1e-6);
        // The prediction goes on backward from the layer before the cut.
        Assert.NotNull(graph.Nodes[1].MeasuredGradientRms);
        Assert.NotNull(graph.Nodes[3].MeasuredGradientRms);
    }

    [Fact]
    public void Attention_is_found_in_a_language_model_with_packed_and_tied_weights()
    {
        TestModule model = TestModels.Gpt2(2, 16, linear: true);
        model.Initialize("gpt2", seed: 1);
        Tensor tokens = Tokens(4, 10, 300);

        (ModelObservation observation, SignalGraph graph) = SignalCheck.Observe(model, tokens);

        SignalNode[] attention = [.. graph.Nodes.Where(n => n.Operation is SignalOperation.Attend)];
        Assert.Equal(2, attention.Length);
        Assert.All(attention, n => Assert.Equal(new SignalOperation.Attend(4, 0.5, true), n.Operation));
        Assert.DoesNotContain(graph.Nodes, n => n.Name.StartsWith("measured", StringComparison.Ordinal));
        Assert.Equal(
            4,
            graph.Nodes.Count(n => n.Operation is SignalOperation.Sum && n.Name != "sum before transformer.h.0.ln_1")
        );
        Assert.IsType<SignalOperation.Weighted>(graph.Nodes[^1].Operation);
        LayerObservation projection = observation.Layers.Single(l => l.Name == "transformer.h.0.attn.c_proj");
        // Small weights look at all tokens alike.
        Assert.InRange(projection.AttentionEntropy!.Value, 0.99, 1);
        Assert.Null(observation.Input);
        Assert.Equal(300, observation.Loss!.Classes);
        graph.Predict();
    }

    [Fact]
    public void Attention_with_shared_keys_and_gates_is_found()
    {
        TestModule model = TestModels.Llama(2, 16, 24);
        model.Initialize(Recipe.Of(Initializer.Parse("xavier_normal")), 1);

        SignalGraph graph = Trace(model, Tokens(4, 9, 300));

        Assert.Equal(2, graph.Nodes.Count(n => n.Operation is SignalOperation.Attend { Heads: 4, IsCausal: true }));
        Assert.Equal(2, graph.Nodes.Count(n => n.Operation is SignalOperation.Gate { Activation.Name: "silu" }));
        Assert.Equal(
            5,
            graph.Nodes.Count(n => n.Operation is SignalOperation.Normalize { Kind: NormalizationKind.Rms })
        );
        Assert.DoesNotContain(graph.Nodes, n => n.Name.StartsWith("measured", StringComparison.Ordinal));
        graph.Predict();
    }

    internal static Tensor Tokens(int batch, int length, long vocabulary)
    {
        long[] ids = new long[batch * length];
        RandomStream.Create(3, "tokens").FillIntegers(ids, vocabulary);
        return tensor(ids).reshape(batch, length);
    }

    internal static string Text(SignalNode node) =>
        $"{node.Operation.GetType().Name} {node.Name} < {string.Join(' ', node.Inputs)}".TrimEnd();

    private static SignalGraph Trace(nn.Module<Tensor, Tensor> model, Tensor batch) =>
        SignalCheck.Observe(model, batch).Graph;
}
