using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Which parameters of a model are set, under which key, and which are left alone.</summary>
public sealed class RecipeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Nested_layers_have_their_path_as_key()
    {
        Sequential nested = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), nn.Linear(4, 2));
        var custom = new FieldModule();

        nested.Initialize("he_normal", seed: 1);
        custom.Initialize("he_normal", seed: 1);

        Assert.Equal(Dense(4, 3, "0.0.weight"), nested.Values("0.0.weight"));
        Assert.Equal(Dense(2, 4, "1.weight"), nested.Values("1.weight"));
        Assert.Equal(Dense(4, 3, "_first.weight"), custom.Values("_first.weight"));
        Assert.Equal(Dense(2, 4, "_rest.1.weight"), custom.Values("_rest.1.weight"));
    }

    [Fact]
    public void A_shared_layer_is_set_once_under_its_first_name()
    {
        Linear shared = nn.Linear(3, 3);
        Sequential model = nn.Sequential(("first", shared), ("relu", nn.ReLU()), ("second", shared));

        InitializationReport report = model.Initialize("he_normal", seed: 1);

        Assert.Equal(["first.weight", "first.bias"], report.Plan.Rows.Select(row => row.Parameter.Name));
        Assert.Equal(Dense(3, 3, "first.weight"), shared.weight.Values());
    }

    [Fact]
    public void Tied_weights_are_set_once_under_their_first_name()
    {
        Linear encoder = nn.Linear(3, 3);
        Linear decoder = nn.Linear(3, 3);
        decoder.weight = encoder.weight;
        var model = new TestModule(x => decoder.call(encoder.call(x)), ("encoder", encoder), ("decoder", decoder));

        InitializationReport report = model.Initialize("he_normal", seed: 1);

        Assert.Equal(
            ["encoder.weight", "encoder.bias", "decoder.bias"],
            report.Plan.Rows.Select(row => row.Parameter.Name)
        );
        Assert.Equal(Dense(3, 3, "encoder.weight"), decoder.weight.Values());
    }

    [Theory]
    [InlineData("module")]
    [InlineData("_orig_mod")]
    public void A_wrapper_does_not_change_the_values(string wrapper)
    {
        var model = new TestModule(
            x => x,
            (wrapper, new TestModule(x => x, ("module", nn.Sequential(nn.Linear(3, 4)))))
        );

        InitializationReport report = model.Initialize("he_normal", seed: 1);

        Assert.Equal($"{wrapper}.module.0.weight", report.Plan.Rows[0].Parameter.Name);
        Assert.Equal("0.weight", report.Plan.Rows[0].Key);
        Assert.Equal(Dense(4, 3, "0.weight"), model.Values($"{wrapper}.module.0.weight"));
    }

    [Fact]
    public void The_order_of_layers_and_the_presence_of_others_do_not_matter()
    {
        var one = new TestModule(x => x, ("a", nn.Linear(3, 4)), ("b", nn.Conv2d(2, 3, 3)));
        var other = new TestModule(x => x, ("c", nn.Linear(9, 9)), ("b", nn.Conv2d(2, 3, 3)), ("a", nn.Linear(3, 4)));

        one.Initialize("orthogonal", seed: 1);
        other.Initialize("orthogonal", seed: 1);

        foreach (string name in one.Snapshot().Keys)
        {
            Assert.Equal(one.Values(name), other.Values(name));
        }
    }

    [Fact]
    public void Frozen_parameters_are_left_alone_unless_a_rule_names_them()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2));
        foreach (Parameter parameter in ((nn.Module)model[0]).parameters())
        {
            parameter.requires_grad = false;
        }
        Dictionary<string, double[]> before = model.Snapshot();

        InitializationReport report = model.Initialize("he_normal", seed: 1);

        Assert.Equal(before["0.weight"], model.Values("0.weight"));
        Assert.Equal(before["0.bias"], model.Values("0.bias"));
        Assert.Null(report.Plan.Rows[0].Initializer);
        Assert.Equal(Dense(2, 4, "1.weight"), model.Values("1.weight"));

        model.Initialize(He.With(Rule.For("0.weight", Initializer.Parse("he_normal"))), seed: 1);

        Assert.Equal(Dense(4, 3, "0.weight"), model.Values("0.weight"));
        Assert.Equal(before["0.bias"], model.Values("0.bias"));
        Assert.False(model.get_parameter("0.weight")!.requires_grad);
        Assert.True(model.get_parameter("1.weight")!.requires_grad);
    }

    [Fact]
    public void Chosen_parameters_are_kept_or_get_their_own_initializer()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 2));
        Dictionary<string, double[]> before = model.Snapshot();

        model.Initialize(
            He.With(Rule.Keep("1.*"), Rule.For("2.weight", Initializer.Zeros), Rule.For("?.bias", Initializer.Ones)),
            seed: 1
        );

        Assert.Equal(Dense(4, 3, "0.weight"), model.Values("0.weight"));
        Assert.Equal([1, 1, 1, 1], model.Values("0.bias"));
        Assert.Equal(before["1.weight"], model.Values("1.weight"));
        Assert.Equal(before["1.bias"], model.Values("1.bias"));
        Assert.All(model.Values("2.weight"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_rule_that_matches_nothing_changes_nothing()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2));
        Dictionary<string, double[]> before = model.Snapshot();

        var error = Assert.Throws<RecipeException>(() => model.Initialize(He.With(Rule.Keep("1.wieght")), seed: 1));

        Assert.Contains("'1.wieght'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'1.weight'", error.Message, StringComparison.Ordinal);
        Unchanged(before, model);
    }

    [Fact]
    public void A_parameter_of_unknown_purpose_is_an_error_until_a_rule_names_it()
    {
        var model = new TestModule(
            x => x,
            ("layer", nn.Linear(3, 4)),
            ("block", new TestModule(x => x, ("temperature", new Parameter(full(2, 3, 9f), requires_grad: true))))
        );
        Dictionary<string, double[]> before = model.Snapshot();

        var error = Assert.Throws<RecipeException>(() => model.Initialize("he_normal", seed: 1));

        Assert.Contains("'block.temperature'", error.Message, StringComparison.Ordinal);
        Unchanged(before, model);

        error = Assert.Throws<RecipeException>(() =>
            model.Initialize(He.With(Rule.For("block.temperature", Initializer.Parse("he_normal"))), seed: 1)
        );
        Assert.Contains("needs a fan", error.Message, StringComparison.Ordinal);
        Unchanged(before, model);

        model.Initialize(He.With(Rule.For("block.temperature", Initializer.Parse("normal(std=0.5)"))), seed: 1);
        Assert.Equal(
            TestTensors.Drawn("normal(std=0.5)", TensorDescription.Plain(2, 3), 1, "block.temperature"),
            model.Values("block.temperature")
        );
    }

    [Fact]
    public void Data_driven_initialization_needs_data()
    {
        Sequential model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2));
        Dictionary<string, double[]> before = model.Snapshot();

        var error = Assert.Throws<RecipeException>(() => model.Initialize("lsuv", seed: 1));

        Assert.Contains("lsuv", error.Message, StringComparison.Ordinal);
        Assert.Contains("batch", error.Message, StringComparison.Ordinal);
        Unchanged(before, model);
    }

    [Fact]
    public void An_unknown_spelling_changes_nothing()
    {
        Linear model = nn.Linear(3, 4);
        Dictionary<string, double[]> before = model.Snapshot();

        var error = Assert.Throws<SpellingException>(() => model.Initialize("he_norma", seed: 1));

        Assert.Contains("he_normal", error.Message, StringComparison.Ordinal);
        Unchanged(before, model);
    }

    [Fact]
    public void A_users_own_initializer_fills_a_module()
    {
        Linear model = nn.Linear(3, 4);
        var own = Initializer.Custom(
            "ramp",
            (values, _, _) =>
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = i;
                }
            }
        );

        model.Initialize(Recipe.Of(own), seed: 1);

        Assert.Equal(Enumerable.Range(0, 12).Select(i => (double)i), model.Values("weight"));
    }

    private static Recipe He { get; } = Recipe.Of(Initializer.Parse("he_normal"));

    private static double[] Dense(long outputs, long inputs, string key) =>
        TestTensors.Drawn("he_normal", TensorDescription.Dense(outputs, inputs), 1, key);

    private static void Unchanged(Dictionary<string, double[]> before, nn.Module model)
    {
        foreach ((string name, double[] values) in model.Snapshot())
        {
            Assert.Equal(before[name], values);
        }
    }
}
