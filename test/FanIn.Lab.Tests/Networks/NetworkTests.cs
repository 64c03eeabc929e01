using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("mlp:30x64:relu", 30, 64)]
    [InlineData("mlp:1x1:identity", 1, 1)]
    [InlineData("mlp:1000x4096:leaky_relu(0.2)", 1000, 4096)]
    [InlineData("cnn:30x16:gelu_tanh", 30, 16)]
    [InlineData("lenet:8:tanh", 3, 8)]
    [InlineData("text:4x64:elu(0.5)", 4, 64)]
    [InlineData("resnet:50:relu", 50, 64)]
    [InlineData("resnet:152:leaky_relu(0.2):plain:scaled", 152, 64)]
    [InlineData("resnet:1000x1:relu", 1000, 1)]
    [InlineData("resnet:18x3:relu:scaled", 18, 3)]
    [InlineData("transformer:12x64:gelu", 12, 64)]
    [InlineData("transformer:1000x4096:tanh:post", 1000, 4096)]
    [InlineData("transformer:1x1:gelu:post:scaled", 1, 1)]
    public void A_spelling_comes_back(string text, int depth, int width)
    {
        Network network = Network.Parse(text);

        Assert.Equal(text, network.ToString());
        Assert.Equal((depth, width), (network.Depth, network.Width));
        Assert.Equal(network, Network.Parse(network.ToString()));
    }

    [Theory]
    [InlineData("mpl:30x64:relu", "unknown network 'mpl'; did you mean 'mlp'? (write for example mlp:30x64:relu)")]
    [InlineData(
        "perceptron:2x2:relu",
        "unknown network 'perceptron'; known are: mlp, cnn, lenet, text, resnet, transformer (write for example mlp:30x64:relu)"
    )]
    [InlineData(
        "",
        "unknown network ''; known are: mlp, cnn, lenet, text, resnet, transformer (write for example mlp:30x64:relu)"
    )]
    [InlineData("mlp:30x64:rleu", "unknown activation 'rleu'; did you mean 'relu'?")]
    [InlineData("mlp", "the network 'mlp' lacks its size and activation; write for example mlp:30x64:relu")]
    [InlineData("mlp:30x64", "the network 'mlp:30x64' lacks its activation; write for example mlp:30x64:relu")]
    [InlineData(
        "mlp:0x64:relu",
        "the size '0x64' of the network 'mlp:0x64:relu' must be layers x width, 1 to 1000 and 1 to 4096, as in mlp:30x64:relu"
    )]
    [InlineData(
        "mlp:1001x64:relu",
        "the size '1001x64' of the network 'mlp:1001x64:relu' must be layers x width, 1 to 1000 and 1 to 4096, as in mlp:30x64:relu"
    )]
    [InlineData(
        "mlp:64:relu",
        "the size '64' of the network 'mlp:64:relu' must be layers x width, 1 to 1000 and 1 to 4096, as in mlp:30x64:relu"
    )]
    [InlineData(
        "lenet:2x8:relu",
        "the size '2x8' of the network 'lenet:2x8:relu' must be a width of 1 to 4096, as in lenet:8:relu"
    )]
    [InlineData(
        "mlp:30x64:swiglu",
        "the activation 'swiglu' pairs two inputs of one unit, so it can't stand alone behind a layer; use for example gelu or silu"
    )]
    [InlineData(
        "mlp:3x4:relu:plain",
        "the network 'mlp:3x4:relu:plain' goes on behind its activation, where mlp has nothing to choose; write for example mlp:30x64:relu"
    )]
    [InlineData("transformer:2x8:gelu:pots", "unknown variant of transformer 'pots'; did you mean 'post'?")]
    [InlineData("transformer:2x8:gelu:plain", "unknown variant of transformer 'plain'; known are: pre, post, scaled")]
    [InlineData("resnet:18:relu:scald", "unknown variant of resnet 'scald'; did you mean 'scaled'?")]
    [InlineData("transformer:2x8:gelu:post:post", "the network 'transformer:2x8:gelu:post:post' says 'post' twice")]
    [InlineData(
        "transformer:2x8:gelu:post:pre",
        "the network 'transformer:2x8:gelu:post:pre' says both 'pre' and 'post'; layer norm stands in front of the branches or behind the sums"
    )]
    [InlineData(
        "resnet:51:relu",
        "the size '51' of the network 'resnet:51:relu' must be one of 18, 34, 50, 101, 152, or blocks x channels, 1 to 1000 and 1 to 4096, as in resnet:18:relu"
    )]
    [InlineData(
        "transformer:12:gelu",
        "the size '12' of the network 'transformer:12:gelu' must be layers x width, 1 to 1000 and 1 to 4096, as in transformer:12x64:gelu"
    )]
    public void What_is_wrong_is_said_in_a_sentence(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<SpellingException>(() => Network.Parse(text)).Message);

    [Theory]
    [InlineData("mlp:+3x4:relu")]
    [InlineData("mlp:-3x4:relu")]
    [InlineData("mlp: 3x4:relu")]
    [InlineData("mlp:3,0x4:relu")]
    [InlineData("mlp:1e2x4:relu")]
    [InlineData("mlp:99999999999999999999x4:relu")]
    [InlineData("mlp:٣x4:relu")]
    [InlineData("mlp:3x4x5:relu")]
    [InlineData("mlp:3x:relu")]
    [InlineData("mlp::relu")]
    [InlineData("mlp:3x4:")]
    [InlineData("mlp:3x4:relu:relu")]
    [InlineData("resnet:18:relu:")]
    [InlineData("resnet:018x:relu")]
    [InlineData("resnet:18x4x4:relu")]
    [InlineData("resnet:0:relu")]
    [InlineData("transformer:4x8:gelu:PRE")]
    [InlineData("transformer:4x8:swiglu")]
    [InlineData("MLP:3x4:relu")]
    [InlineData(":::")]
    public void Odd_spellings_are_refused(string text) => Assert.Throws<SpellingException>(() => Network.Parse(text));

    [Fact]
    public void Hostile_text_is_cut_and_cleaned()
    {
        string[] texts =
        [
            new('x', 1_000_000),
            $"mlp:{new string('9', 1_000_000)}:relu",
            $"mlp:{new string('x', 1_000_000)}",
            "mlp:\u001b[31m\r\n:relu",
            $"mlp:2x2:{new string('(', 100_000)}",
            $"transformer:2x2:gelu:{new string('p', 1_000_000)}",
            $"resnet:2x2:relu{new string(':', 1_000_000)}",
            $"resnet:{new string('x', 1_000_000)}:relu",
        ];
        foreach (string text in texts)
        {
            string message = Assert.Throws<SpellingException>(() => Network.Parse(text)).Message;

            Assert.InRange(message.Length, 1, 400);
            Assert.DoesNotContain(message, char.IsControl);
        }
    }

    public static TheoryData<string, string, string> Fitting =>
        new()
        {
            { "mlp:2x5:relu", "vectors", "fc1.weight fc1.bias fc2.weight fc2.bias output.weight output.bias" },
            { "mlp:1x5:tanh", "images", "fc1.weight fc1.bias output.weight output.bias" },
            { "cnn:2x3:relu", "images", "conv1.weight conv1.bias conv2.weight conv2.bias output.weight output.bias" },
            {
                "lenet:2:relu",
                "images",
                "conv1.weight conv1.bias conv2.weight conv2.bias fc1.weight fc1.bias output.weight output.bias"
            },
            { "text:1x3:relu", "texts", "embedding.weight conv1.weight conv1.bias output.weight output.bias" },
        };

    [Fact]
    public void The_default_is_not_written()
    {
        Network plain = Network.Parse("transformer:2x8:gelu:pre");

        Assert.Equal("transformer:2x8:gelu", plain.ToString());
        Assert.Equal(Network.Parse("transformer:2x8:gelu"), plain);
        Assert.Equal("transformer:2x8:gelu:post:scaled", Network.Parse("transformer:2x8:gelu:scaled:post").ToString());
        Assert.NotEqual(plain, Network.Parse("transformer:2x8:gelu:scaled"));
    }

    [Theory]
    [MemberData(nameof(Fitting))]
    public void A_built_network_reads_its_data_and_names_its_parameters(string text, string data, string parameters)
    {
        DataSet set = SmallData.Of(data);
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Network.Parse(text).Build(set);
        Batch batch = StudyData.Of(set).Train(0, 7, 1);

        Assert.Equal([7, 3], network.call(batch.Inputs).shape);
        Assert.Equal(parameters.Split(' '), network.named_parameters().Select(p => p.name));
        Assert.Equal(text.StartsWith("text", StringComparison.Ordinal), Network.Parse(text).ReadsTokens);
    }

    [Theory]
    [InlineData(
        "mlp:2x5:relu",
        "texts",
        "reads vectors or images, but 'texts' holds texts; text:4x64:relu or transformer:12x64:gelu would fit."
    )]
    [InlineData(
        "text:2x5:relu",
        "images",
        "reads texts, but 'images' holds images; cnn:30x16:relu, lenet:8:relu or resnet:18:relu would fit."
    )]
    [InlineData("cnn:2x5:relu", "vectors", "reads images, but 'vectors' holds vectors; mlp:30x64:relu would fit.")]
    [InlineData(
        "lenet:2:relu",
        "narrow",
        "halves its images twice: they must be 4 pixels or more on each side, but those of 'narrow' are 6x3."
    )]
    public void Data_that_do_not_fit_are_refused(string text, string data, string sentence)
    {
        Network network = Network.Parse(text);

        string message = Assert.Throws<DataFormatException>(() => network.Build(SmallData.Of(data))).Message;

        Assert.Equal($"The network {text} {sentence}", message);
    }

    public static TheoryData<string> Elementwise =>
        [.. Activation.Names.Except(["glu", "reglu", "geglu", "swiglu", "bilinear"])];

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Every_elementwise_activation_trains(string activation)
    {
        DataSet set = SmallData.Of("images");
        Network network = Network.Parse($"mlp:2x8:{activation}");

        StudyResult result = Study.Run(
            () => network.Build(set),
            set,
            [Initializer.XavierNormal()],
            1,
            new() { Steps = 2, LearningRates = [0.001] }
        );

        TrialResult trial = Assert.Single(result.Trials);
        Assert.Equal(2, trial.Curve.Length);
        Assert.All(trial.Curve, loss => Assert.True(double.IsFinite(loss)));
        Assert.All(trial.Layers, layer => Assert.True(layer.ActivationRms > 0));
    }

    [Fact]
    public void A_published_residual_network_learns()
    {
        DataSet set = SmallData.Of("narrow");
        Network network = Network.Parse("resnet:18:relu");

        StudyResult result = Study.Run(
            () => network.Build(set),
            set,
            [Initializer.HeNormal()],
            1,
            new()
            {
                Steps = 12,
                BatchSize = 30,
                LearningRates = [0.01],
            }
        );

        TrialResult trial = Assert.Single(result.Trials);
        Assert.True(trial.Curve[^1] < 0.5 * trial.Curve[0], $"{trial.Curve[0]} -> {trial.Curve[^1]}");
    }

    [Theory]
    [InlineData("mlp:2x8:relu", "vectors")]
    [InlineData("cnn:2x8:relu", "images")]
    [InlineData("lenet:2:relu", "images")]
    [InlineData("text:2x8:relu", "texts")]
    [InlineData("resnet:2x4:relu", "images")]
    [InlineData("resnet:2x4:relu:plain", "images")]
    [InlineData("transformer:1x8:gelu", "texts")]
    [InlineData("transformer:1x8:gelu:post:scaled", "images")]
    public void Every_kind_trains_from_every_kind_of_weights(string text, string data)
    {
        DataSet set = SmallData.Of(data);
        Network network = Network.Parse(text);
        Initializer[] all =
        [
            Initializer.Zeros,
            Initializer.Ones,
            Initializer.Constant(0.1),
            Initializer.Uniform(-0.1, 0.1),
            Initializer.Normal(),
            Initializer.TruncatedNormal(),
            Initializer.VarianceScaling(),
            Initializer.XavierUniform(),
            Initializer.XavierNormal(),
            Initializer.HeUniform(),
            Initializer.HeNormal(),
            Initializer.LeCunUniform(),
            Initializer.LeCunNormal(),
            Initializer.StandardUniform(),
            Initializer.Orthogonal(),
            Initializer.Lsuv(),
        ];

        StudyResult result = Study.Run(
            () => network.Build(set),
            set,
            all,
            1,
            new() { Steps = 2, LearningRates = [0.001] }
        );

        Assert.Equal(all.Select(i => i.ToString()), result.Summary.Select(s => s.Init));
        Assert.All(result.Trials, t => Assert.Equal(2, t.Curve.Length));
    }
}
