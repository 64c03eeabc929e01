using System.Collections.Immutable;
using FanIn.TorchSharp.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Signal;

public sealed class StructureFindingsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_sound_model_has_none()
    {
        Sequential model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3));
        using var optimizer = optim.SGD(model.parameters(), 0.1);

        Assert.Empty(Findings(model, new() { Optimizer = optimizer }));
    }

    [Fact]
    public void A_layer_that_forward_runs_directly_is_out_of_sight()
    {
        (Linear called, Linear hidden) = (nn.Linear(4, 4), nn.Linear(4, 4));
        var model = new TestModule(x => hidden.forward(called.call(x)), ("called", called), ("hidden", hidden));

        SignalFinding finding = Assert.Single(Findings(model));

        Assert.Equal((FindingKind.Unreached, FindingSeverity.Note, "hidden"), Key(finding));
        Assert.Contains("out of sight", finding.Message, StringComparison.Ordinal);
        Assert.Contains("call", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_never_runs_is_unreached_unless_it_is_frozen()
    {
        (Linear used, Linear idle, Linear frozen) = (nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4));
        Freeze(frozen);
        var model = new TestModule(used.call, ("used", used), ("idle", idle), ("frozen", frozen));

        SignalFinding finding = Assert.Single(Findings(model));

        Assert.Equal((FindingKind.Unreached, FindingSeverity.Warning, "idle"), Key(finding));
    }

    [Fact]
    public void A_model_of_which_nothing_can_be_seen_is_not_called_healthy()
    {
        Linear hidden = nn.Linear(4, 4);
        var model = new TestModule(hidden.forward, ("hidden", hidden));

        SignalReport report = SignalCheck.Run(model, TestTensors.Normal("x", 8, 4));

        Assert.False(report.IsHealthy);
        Assert.Contains(
            report.Findings,
            f => f.Kind == FindingKind.UnknownOperator && f.Severity == FindingSeverity.Warning
        );
    }

    [Fact]
    public void Layers_in_lists_arrays_and_dictionaries_must_be_registered()
    {
        using var model = new Holder();

        SignalFinding[] findings = Findings(model);

        Assert.Equal(
            ["_array[0]", "_byName[skip]", "_layers[0]", "_layers[1]", "_scale"],
            findings
                .Where(f => f is { Kind: FindingKind.Unregistered, Severity: FindingSeverity.Error })
                .Select(f => f.Layer)
                .Order(StringComparer.Ordinal)
        );
        // Not computed with, so that it may be meant so.
        Assert.Equal(
            (FindingKind.Unregistered, FindingSeverity.Note, "_idle[0]"),
            Key(findings.Single(f => f.Severity == FindingSeverity.Note))
        );
        Assert.Contains(
            "(20 parameters)",
            findings.Single(f => f.Layer == "_layers[0]").Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_stands_behind_the_last_layer_is_told_from_the_layer()
    {
        Linear layer = nn.Linear(4, 3);
        var model = new TestModule(x => (-1 - layer.call(x).abs()).log(), ("layer", layer));

        SignalFinding finding = Assert.Single(Judged(model), f => f.Kind == FindingKind.NonFinite);

        Assert.Equal((FindingKind.NonFinite, FindingSeverity.Error, "layer"), Key(finding));
        Assert.StartsWith(
            "The gradient that reaches 'layer', the last layer, has 24 of 24 values that are NaN or infinite though its outputs aren't",
            finding.Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith("look at what stands behind the last layer", finding.Fix, StringComparison.Ordinal);
        Assert.Empty(finding.FixRules);
    }

    [Fact]
    public void A_parameter_behind_a_detach_gets_no_gradient()
    {
        (Linear first, Linear second) = (nn.Linear(4, 4), nn.Linear(4, 3));
        var model = new TestModule(x => second.call(first.call(x).detach()), ("first", first), ("second", second));

        SignalFinding finding = Assert.Single(Judged(model), f => f.Kind == FindingKind.NoGradient);

        Assert.Equal((FindingKind.NoGradient, FindingSeverity.Error, "first"), Key(finding));
        Assert.Equal(
            "No gradient reaches 2 parameters, 'first.weight', 'first.bias': its way from the loss ends behind 'first'.",
            finding.Message
        );
    }

    [Fact]
    public void Gradients_that_are_zero_everywhere_are_one_note()
    {
        (Linear first, Linear second) = (nn.Linear(4, 4), nn.Linear(4, 3));
        using (no_grad())
        {
            second.weight.zero_();
        }

        SignalFinding finding = Assert.Single(Findings(nn.Sequential(first, second)));

        Assert.Equal((FindingKind.NoGradient, FindingSeverity.Note, "0.weight"), Key(finding));
        Assert.Contains("2 parameters", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trainable_parameters_must_be_in_the_optimizer(bool asList)
    {
        (Linear first, Linear second, Linear third) = (nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3));
        Freeze(second);
        Sequential model = nn.Sequential(first, second, third);
        using var optimizer = optim.SGD(third.parameters(), 0.1);

        SignalFinding finding = Assert.Single(
            Judged(
                model,
                asList ? new() { OptimizedParameters = third.parameters() } : new() { Optimizer = optimizer }
            ),
            f => f.Kind == FindingKind.NotOptimized
        );

        Assert.Equal((FindingKind.NotOptimized, FindingSeverity.Warning, "0"), Key(finding));
        Assert.Equal(
            "The optimizer doesn't have 2 parameters, '0.weight', '0.bias', 2 of 4 trainable parameters: they keep their first values.",
            finding.Message
        );
    }

    [Fact]
    public void Each_place_where_gradients_are_cut_is_one_finding()
    {
        Linear[] layers = [.. Enumerable.Range(0, 6).Select(i => nn.Linear(4, i == 5 ? 3 : 4))];
        // The ways to 0 and 1 end behind 1, those to 3 behind 3, whose output is a constant that the rest is added to.
        var model = new TestModule(
            x =>
            {
                Tensor h = layers[2].call(layers[1].call(layers[0].call(x)).detach());
                h = h + layers[3].call(h).detach();
                return layers[5].call(layers[4].call(h));
            },
            [.. layers.Select((layer, i) => ($"fc{i}", (object)layer))]
        );

        SignalFinding[] findings = [.. Judged(model).Where(f => f.Kind == FindingKind.NoGradient)];

        Assert.Equal(["fc1", "fc3"], findings.Select(f => f.Layer));
        Assert.Contains(
            "4 parameters, 'fc0.weight', 'fc0.bias', 'fc1.weight' and 1 more",
            findings[0].Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("softmax", true, FindingSeverity.Warning)]
    [InlineData("softmax", false, FindingSeverity.Note)]
    [InlineData("log_softmax", true, FindingSeverity.Note)]
    [InlineData("log_softmax", false, FindingSeverity.Note)]
    public void A_softmax_before_the_cross_entropy_is_one_too_many(
        string what,
        bool isClassifier,
        FindingSeverity severity
    )
    {
        Linear layer = nn.Linear(4, 3);
        var model = new TestModule(
            x => what == "softmax" ? layer.call(x).softmax(1) : layer.call(x).log_softmax(1),
            ("layer", layer)
        );

        SignalFinding finding = Assert.Single(Findings(model, new() { IsClassifier = isClassifier }));

        Assert.Equal((FindingKind.SoftmaxTwice, severity, ""), Key(finding));
    }

    [Fact]
    public void A_softmax_is_fine_before_a_loss_of_probabilities()
    {
        Linear layer = nn.Linear(4, 3);
        var model = new TestModule(x => layer.call(x).softmax(1), ("layer", layer));
        Tensor labels = tensor(new long[] { 0, 1, 2, 0, 1, 2, 0, 1 });

        Assert.Empty(Findings(model, new() { Labels = labels, Loss = p => nn.functional.nll_loss(p.log(), labels) }));
        Assert.Equal(
            FindingKind.SoftmaxTwice,
            Assert
                .Single(Findings(model, new() { Labels = labels, Loss = p => nn.functional.cross_entropy(p, labels) }))
                .Kind
        );
    }

    private static void Freeze(nn.Module layer)
    {
        foreach (Parameter parameter in layer.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    private static (FindingKind, FindingSeverity, string) Key(SignalFinding finding) =>
        (finding.Kind, finding.Severity, finding.Layer);

    private static SignalFinding[] Findings(nn.Module<Tensor, Tensor> model, SignalCheckOptions? options = null) =>
        [.. SignalCheck.Observe(model, TestTensors.Normal("x", 8, 4), options).Observation.Structure];

    private static ImmutableArray<SignalFinding> Judged(
        nn.Module<Tensor, Tensor> model,
        SignalCheckOptions? options = null
    ) => SignalCheck.Run(model, TestTensors.Normal("x", 8, 4), options).Findings;

    /// <summary>Holds layers in every way that TorchSharp doesn't look into.</summary>
    private sealed class Holder : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _registered = nn.Linear(4, 4);
        private readonly List<Linear> _layers = [nn.Linear(4, 4), nn.Linear(4, 4)];
        private readonly nn.Module<Tensor, Tensor>[] _array = [nn.Linear(4, 4)];
        private readonly Dictionary<string, Linear> _byName = new() { ["skip"] = nn.Linear(4, 3) };
        private readonly List<Linear> _idle = [nn.Linear(4, 4)];
        private readonly Parameter _scale = new(ones(4), requires_grad: true);

        public Holder()
            : base("holder") => register_module("_registered", _registered);

        public override Tensor forward(Tensor input)
        {
            Tensor x = _registered.call(input).mul(_scale);
            x = _layers.Aggregate(x, (y, layer) => layer.call(y));
            return _byName["skip"].call(_array[0].call(x));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _layers.ForEach(l => l.Dispose());
                _array[0].Dispose();
                _byName["skip"].Dispose();
                _idle[0].Dispose();
                _registered.Dispose();
                _scale.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
