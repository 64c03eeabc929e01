using System.CommandLine;
using FanIn.Cli.Help;

namespace FanIn.Cli.Sample;

/// <summary><c>fanin sample</c>: its options and their help.</summary>
internal static class SampleCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string?> init = new("INIT")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The initializer; quote it where it has parentheses.",
        };
        Option<string?> shape = Text("--shape", "SIZES", "The sizes as stored, such as 256,784 or 64,32,3,3.");
        Option<string?> layout = Text(
            "--layout",
            "L",
            $"What the axes are: {string.Join(", ", Spelling.Words<WeightLayout>())}; see below. Default: torch for two and more axes, none for one."
        );
        Option<string?> groups = Text("--groups", "G", "Groups of a grouped convolution. Default: 1.");
        Option<string?> stride = Text(
            "--stride",
            "SIZES",
            "Strides of a transposed convolution, one a kernel dimension; they divide its fan-in. Default: 1."
        );
        Option<string?> type = Text(
            "--dtype",
            "T",
            $"The element type: {string.Join(", ", Spelling.Words<ElementType>())}. Default: float32."
        );
        Option<string?> seed = Text("--seed", "S", "From -2^63 to 2^64-1. Default: 0.");
        Option<string?> name = Text(
            "--name",
            "KEY",
            $"What the random numbers hang on beside the seed, usually the parameter's name. Default: {SampleRequest.DefaultKey}."
        );
        Option<string?> rng = Text(
            "--rng",
            "R",
            $"Whose random numbers: {string.Join(", ", Generators.Names)}; see below. Default: {Generators.Own}."
        );
        Option<string?> output = Text(
            "--out",
            "FILE.npy",
            "Writes the values in NumPy's format. NumPy has no bfloat16: its values are stored as <V2, which np.load(FILE).view(ml_dtypes.bfloat16) reads."
        );
        Option<string?> json = Text("--json", "FILE", "Writes statistics and histogram as JSON; - is standard output.");
        ToolCommand command = new(
            "sample",
            "Draws one tensor: its values to a file, its statistics and histogram beside what is expected to the terminal."
        )
        {
            Usage = "INIT --shape SIZES [OPTION ...]",
            Examples =
            [
                new("fanin sample he_normal --shape 256,784", "the weight of a layer with 784 inputs and 256 outputs"),
                new(
                    "fanin sample \"orthogonal(gain=sqrt(2))\" --shape 512,512 --seed 42 --name fc1.weight --out fc1.npy",
                    "the values that a model's parameter fc1.weight gets from seed 42"
                ),
                new(
                    "fanin sample xavier_uniform --shape 3,3,64,128 --layout keras --dtype bfloat16 --json -",
                    "a Keras convolution's kernel in bfloat16; statistics for a program"
                ),
            ],
            Groups =
            [
                new("The tensor", [shape, layout, groups, stride, type]),
                new("The random numbers", [seed, name, rng]),
                new("Where results go", [output, json]),
            ],
            Notes = () =>
                [
                    new(
                        "Random numbers",
                        [
                            .. Generators.All,
                            (
                                "",
                                "Other frameworks' are drawn as that framework would, in the stored order; they have no key."
                            ),
                        ]
                    ),
                    new(
                        "The table",
                        [
                            (
                                "",
                                "Expected is what the initializer's formula gives, where it has one. Of min and max it is the median over many tensors of this size. "
                                    + "Standard errors off tells chance from fault: 2 are common, 5 aren't. It is left out where elements depend on one another or nothing is left to chance."
                            ),
                        ]
                    ),
                    InitializerList.Section(CanSample),
                    new(
                        "Layouts",
                        [
                            ("torch", "out, in / groups, kernel ...: PyTorch's Linear and Conv"),
                            ("torch_transposed", "in, out / groups, kernel ...: PyTorch's ConvTranspose"),
                            (
                                "keras",
                                "kernel ..., in / groups, out: Dense and Conv of Keras, TensorFlow, JAX and Flax"
                            ),
                            ("keras_transposed", "kernel ..., out, in: Keras's ConvTranspose"),
                            ("keras_depthwise", "kernel ..., in, multiplier: Keras's DepthwiseConv"),
                            (
                                "mlx",
                                "out, kernel ..., in / groups: Linear, Conv and, with --stride, ConvTranspose of MLX"
                            ),
                            ("embedding", "rows, width: a table of vectors; fan-in 1"),
                            ("none", "no inputs and outputs: a bias or a scale; it has no fan"),
                            (
                                "",
                                "Also by framework: jax, flax, tf, tensorflow and onnx_matmul are keras; pytorch and onnx_conv are torch; onnx_conv_transpose is torch_transposed."
                            ),
                        ]
                    ),
                ],
        };
        command.Add(init);
        command.SetAction(
            (parsed, cancellation) =>
                Task.FromResult(
                    new SampleRun(
                        SampleRequest.Read(
                            new(
                                Init: parsed.GetValue(init),
                                Shape: parsed.GetValue(shape),
                                Layout: parsed.GetValue(layout),
                                Groups: parsed.GetValue(groups),
                                Stride: parsed.GetValue(stride),
                                Seed: parsed.GetValue(seed),
                                Name: parsed.GetValue(name),
                                DType: parsed.GetValue(type),
                                Rng: parsed.GetValue(rng),
                                Out: parsed.GetValue(output),
                                Json: parsed.GetValue(json)
                            )
                        ),
                        terminal,
                        cancellation
                    ).Execute()
                )
        );
        return command;
    }

    /// <summary>Those that need an argument can; those that are fitted to data can't.</summary>
    private static bool CanSample(string name) =>
        !Initializer.TryParse(name, out Initializer? initializer) || !initializer.IsDataDriven;

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };
}
