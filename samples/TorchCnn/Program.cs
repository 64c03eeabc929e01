// A plain convolutional network of 24 layers that doesn't train with TorchSharp's own first values, and does with He's.
using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Sequential = TorchSharp.Modules.Sequential;

// Finds libtorch also where TorchSharp's own loader doesn't; before the first use of torch.
NativeLoader.EnsureLoaded();
set_num_threads(2);

Console.WriteLine("TorchSharp's own weights:");
using Sequential plain = Network();
Train(plain);

Console.WriteLine("model.Initialize(\"he_normal\", seed: 1):");
using Sequential initialized = Network();
initialized.Initialize("he_normal", seed: 1);
Train(initialized);

static Sequential Network()
{
    const int Width = 12;
    var layers = new List<(string, Module<Tensor, Tensor>)>();
    for (int i = 0; i < 24; i++)
    {
        layers.Add(($"conv{i}", Conv2d(i == 0 ? 1 : Width, Width, 3, padding: 1)));
        layers.Add(($"relu{i}", ReLU()));
    }
    layers.Add(("pool", AdaptiveAvgPool2d(1)));
    layers.Add(("flatten", Flatten()));
    layers.Add(("output", Linear(Width, 4)));
    return Sequential(layers);
}

static void Train(Sequential model)
{
    (Tensor images, Tensor labels) = Stripes(512);
    using var loss = CrossEntropyLoss();
    using var optimizer = optim.SGD(model.parameters(), learningRate: 0.02, momentum: 0.9);
    for (int step = 0; step <= 150; step++)
    {
        using var scope = NewDisposeScope();
        int from = step * 64 % 512;
        Tensor logits = model.call(images[from..(from + 64)]);
        Tensor value = loss.call(logits, labels[from..(from + 64)]);
        optimizer.zero_grad();
        value.backward();
        optimizer.step();
        if (step % 50 == 0)
        {
            double right = (logits.argmax(1) == labels[from..(from + 64)]).to(ScalarType.Float32).mean().item<float>();
            Console.WriteLine($"  step {step, 3}: loss {value.item<float>():F4}, right {right:P0}");
        }
    }
}

// Stripes in four directions, at random phases, with noise: 8 x 8 pixels.
static (Tensor Images, Tensor Labels) Stripes(int count)
{
    var random = new Random(7);
    var pixels = new float[count * 64];
    var labels = new long[count];
    for (int i = 0; i < count; i++)
    {
        labels[i] = i % 4;
        (double angle, double phase) = (labels[i] * Math.PI / 4, random.NextDouble() * 2 * Math.PI);
        for (int p = 0; p < 64; p++)
        {
            double along = ((p % 8) * Math.Cos(angle)) + (p / 8 * Math.Sin(angle));
            pixels[(i * 64) + p] = (float)(Math.Sqrt(2) * Math.Sin((along * 1.6) + phase) + (0.5 * (random.NextDouble() - 0.5)));
        }
    }
    return (tensor(pixels).reshape(count, 1, 8, 8).clone(), tensor(labels));
}
