// A plain convolutional network of 20 layers that doesn't train with TorchSharp's own first values, and does with He's.
// Data, order, optimizer and biases' rule are the same; one line differs.
using FanIn;
using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Sequential = TorchSharp.Modules.Sequential;

// Small convolutions: a second thread would cost more than it brings.
set_num_threads(1);
(Tensor images, Tensor labels) = Stripes(256);

// TorchSharp's weights come from its own generator: seeded, so that a run can be repeated.
random.manual_seed(1);
using Sequential plain = Network();
Console.WriteLine("TorchSharp's own weights:");
ShowSignal(plain, images);
(double plainLoss, double plainRight) = Train(plain, images, labels);

using Sequential initialized = Network();
InitializationReport report = initialized.Initialize("he_normal", seed: 1);
Console.WriteLine("\nmodel.Initialize(\"he_normal\", seed: 1):");
ShowSignal(initialized, images);
(double loss, double right) = Train(initialized, images, labels);

Console.WriteLine("\nThe plan that was carried out, first and last rows:\n");
string[] lines = report.Plan.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
Console.WriteLine(string.Join('\n', [.. lines[..5], "...", .. lines[^2..]]));

// TorchSharp's default is He's rule with its gain spoilt: a = sqrt(5) for the slope of a leaky ReLU gives U(+-1/sqrt(fan-in)),
// a sixth of He's variance, so that each layer hands on about 0.4 of the signal. 20 layers: nothing arrives.
Demand(plainLoss > 1.3 && plainRight < 0.5, $"TorchSharp's own weights trained after all: loss {plainLoss:F4}.");
Demand(loss < 0.5 && right > 0.85, $"He's weights didn't train: loss {loss:F4}, right {right:P0}.");

static Sequential Network()
{
    const int Width = 12;
    var layers = new List<(string, Module<Tensor, Tensor>)>();
    for (int i = 0; i < 20; i++)
    {
        layers.Add(($"conv{i}", Conv2d(i == 0 ? 1 : Width, Width, 3, padding: 1)));
        layers.Add(($"relu{i}", ReLU()));
    }
    layers.Add(("pool", AdaptiveAvgPool2d(1)));
    layers.Add(("flatten", Flatten()));
    layers.Add(("output", Linear(Width, 4)));
    return Sequential(layers);
}

// How far the images differ from one another in each layer: what there is to learn from.
static void ShowSignal(Sequential model, Tensor images)
{
    using var scope = NewDisposeScope();
    using var gradients = no_grad();
    Tensor x = images;
    var shown = new List<string>();
    foreach (
        (string name, Module<Tensor, Tensor> layer) in model
            .named_children()
            .Select(c => (c.name, (Module<Tensor, Tensor>)c.module))
    )
    {
        x = layer.call(x);
        if (name is "conv0" or "conv5" or "conv10" or "conv15" or "conv19")
        {
            double difference = (x - x.mean([0L], keepdim: true)).square().mean().sqrt().item<float>();
            shown.Add($"{name} {difference:G2}");
        }
    }
    Console.WriteLine($"  difference between images: {string.Join(", ", shown)}");
}

static (double Loss, double Right) Train(Sequential model, Tensor images, Tensor labels)
{
    using var loss = CrossEntropyLoss();
    using var optimizer = optim.SGD(model.parameters(), learningRate: 0.02, momentum: 0.9);
    const int Batch = 32;
    for (int step = 0; step < 240; step++)
    {
        using var scope = NewDisposeScope();
        int from = step * Batch % (int)images.shape[0];
        Tensor value = loss.call(model.call(images[from..(from + Batch)]), labels[from..(from + Batch)]);
        optimizer.zero_grad();
        value.backward();
        nn.utils.clip_grad_norm_(model.parameters(), max_norm: 1);
        optimizer.step();
        if (step % 40 == 0)
        {
            Console.WriteLine($"  step {step, 3}: loss {value.item<float>():F4}");
        }
    }
    using var end = NewDisposeScope();
    using var gradients = no_grad();
    Tensor logits = model.call(images);
    double final = loss.call(logits, labels).item<float>();
    double share = (logits.argmax(1) == labels).to(ScalarType.Float32).mean().item<float>();
    Console.WriteLine($"  after all: loss {final:F4}, {share:P0} right");
    return (final, share);
}

// Stripes in four directions, at random phases, with noise: 8 x 8 pixels.
static (Tensor Images, Tensor Labels) Stripes(int count)
{
    var noise = new double[count * 64];
    var phases = new double[count];
    RandomStream stream = RandomStream.Create(seed: 7, "stripes");
    stream.FillNormal(noise, std: 0.2);
    stream.Substream("phases").FillUniform(phases, 0, 2 * Math.PI);
    var pixels = new float[count * 64];
    var labels = new long[count];
    for (int i = 0; i < count; i++)
    {
        labels[i] = i % 4;
        double angle = labels[i] * Math.PI / 4;
        for (int p = 0; p < 64; p++)
        {
            double along = ((p % 8) * Math.Cos(angle)) + (p / 8 * Math.Sin(angle));
            pixels[(i * 64) + p] = (float)((Math.Sqrt(2) * Math.Sin((along * 1.6) + phases[i])) + noise[(i * 64) + p]);
        }
    }
    return (tensor(pixels).reshape(count, 1, 8, 8).clone(), tensor(labels));
}

static void Demand(bool holds, string otherwise)
{
    if (!holds)
    {
        throw new InvalidOperationException(otherwise);
    }
}
