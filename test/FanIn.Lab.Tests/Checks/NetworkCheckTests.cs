namespace FanIn.Lab.Tests;

public sealed class NetworkCheckTests
{
    private static readonly string s_modules = Path.Combine(AppContext.BaseDirectory, "FanIn.UserModules.dll");

    [Theory]
    [InlineData("mlp:4x16:relu", 4)]
    [InlineData("cnn:3x8:tanh", 3)]
    [InlineData("lenet:4:relu", 3)]
    [InlineData("text:2x8:relu", 2)]
    [InlineData("resnet:2x8:relu", 5)]
    [InlineData("transformer:2x8:gelu", 12)]
    public void Every_network_is_checked_as_it_stands(string text, int hidden)
    {
        SignalReport report = NetworkCheck.Run(Network.Parse(text), Recipe.Parse("he_normal"), new() { Seeds = 2 });

        // Embeddings aside, which a check may or may not count.
        int layers = report.Observation.Layers.Count(l =>
            !l.Name.Contains("embedding", StringComparison.Ordinal)
            && !l.Name.Contains("positions", StringComparison.Ordinal)
        );
        Assert.Equal(hidden + 1, layers);
        Assert.All(report.Observation.Layers, l => Assert.True(l.Output.Rms > 0));
    }

    [Fact]
    public void The_first_layers_signal_is_what_its_rule_says()
    {
        SignalReport report = NetworkCheck.Run(
            Network.Parse("mlp:1x400:relu"),
            Recipe.Parse("he_normal"),
            new() { Seeds = 1, Examples = 200 }
        );

        // Inputs of mean square 1, weights of variance 2 / 400: an RMS of sqrt(2), which 400 x 200 values show within 1%.
        Assert.Equal(Math.Sqrt(2), report.Observation.Layers[0].Output.Rms, 0.03);
    }

    [Fact]
    public void A_batch_decides_the_input()
    {
        SignalReport report = NetworkCheck.Run(
            Network.Parse("mlp:1x8:relu"),
            Recipe.Parse("he_normal"),
            new()
            {
                Seeds = 1,
                Batch = CheckBatch.Random(InputShape.Vector(5), 3, 1),
                Classes = 4,
            }
        );

        Assert.Equal(2, report.Observation.Layers.Length);
    }

    [Fact]
    public void A_module_gets_its_inputs_in_its_own_type()
    {
        SignalReport report = NetworkCheck.Run(
            UserModule.Load(s_modules, "Models.Precise"),
            recipe: null,
            new() { Seeds = 1, Input = InputShape.Vector(8) }
        );

        Assert.Equal(["first", "second"], report.Layers.Select(layer => layer.Name));
        Assert.All(report.Layers, layer => Assert.True(layer.MeasuredRms > 0));
    }

    [Fact]
    public void Too_big_a_network_is_refused_before_it_is_built() =>
        Assert.Matches(
            @"^The network mlp:1000x4096:relu is too big for this machine: a check on 32 examples of shape 1000000 needs \d+\.\d GB of memory or more, and there are \d+\.\d GB; make it or its inputs smaller\.$",
            Assert
                .Throws<DataFormatException>(() =>
                    NetworkCheck.Run(
                        Network.Parse("mlp:1000x4096:relu"),
                        Recipe.Parse("he_normal"),
                        new() { Input = InputShape.Vector(1_000_000) }
                    )
                )
                .Message
        );

    [Fact]
    public void A_recipe_for_another_model_is_refused() =>
        Assert.Throws<RecipeException>(() =>
            NetworkCheck.Run(Network.Parse("mlp:2x8:relu"), Recipe.Parse("gpt2"), new() { Seeds = 1 })
        );

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Network network = Network.Parse("mlp:2x8:relu");
        Recipe recipe = Recipe.Parse("he_normal");

        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkCheck.Run(network, recipe, new() { Seeds = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkCheck.Run(network, recipe, new() { Examples = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkCheck.Run(network, recipe, new() { Classes = 0 }));
    }

    [Theory]
    [InlineData("Plain", 8)]
    [InlineData("Reader", 6)]
    public void A_users_module_is_checked(string module, int inputs)
    {
        SignalReport report = NetworkCheck.Run(
            UserModule.Load(s_modules, module),
            Recipe.Parse("he_normal"),
            new() { Seeds = 1, Input = InputShape.Numbers(inputs) }
        );

        Assert.NotEmpty(report.Observation.Layers);
    }

    [Fact]
    public void A_users_module_needs_inputs_that_it_can_read()
    {
        UserModule module = UserModule.Load(s_modules, "Plain");

        Assert.Equal(
            "FanIn.UserModules.dll:FanIn.UserModules.Plain doesn't say what it reads: give the shape of one example, such as 3,64,64, or a batch.",
            Assert.Throws<DataFormatException>(() => NetworkCheck.Run(module, null)).Message
        );
        Assert.StartsWith(
            $"FanIn.UserModules.Plain of '{s_modules}' fails with ExternalException on a batch of shape [16, 3, 4, 5]: ",
            Assert
                .Throws<UserModuleException>(() =>
                    NetworkCheck.Run(module, null, new() { Input = InputShape.Numbers(3, 4, 5) })
                )
                .Message,
            StringComparison.Ordinal
        );
    }
}
