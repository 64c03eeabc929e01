// A network on plain arrays, without any framework: 20 hidden ReLU layers, two spirals to tell apart. FanIn gives the
// first values; the rest is forty lines of backpropagation.
using FanIn;

Console.WriteLine($"{"initializer", -26}{"loss before", 12}{"loss after", 12}{"right", 8}");
foreach (string rule in (string[])["normal(std=0.05)", "xavier_uniform", "he_normal", "orthogonal(gain=sqrt(2))"])
{
    var network = new Network(depth: 20, width: 32, Initializer.Parse(rule), seed: 1);
    (float[][] points, int[] labels) = Spirals(400);
    double before = network.Loss(points, labels).Loss;
    for (int step = 0; step < 1500; step++)
    {
        network.Train(points, labels, rate: 0.02f);
    }
    (double after, double right) = network.Loss(points, labels);
    Console.WriteLine($"{rule, -26}{before, 12:F4}{after, 12:F4}{right, 8:P0}");
}

static (float[][] Points, int[] Labels) Spirals(int count)
{
    var points = new float[count][];
    var labels = new int[count];
    for (int i = 0; i < count; i++)
    {
        double t = 0.5 + (4.0 * (i / 2) / (count / 2.0));
        labels[i] = i % 2;
        double angle = t + (labels[i] * Math.PI);
        points[i] = [(float)(t * Math.Cos(angle) / 2.5), (float)(t * Math.Sin(angle) / 2.5)];
    }
    return (points, labels);
}

internal sealed class Network
{
    private readonly int[] _widths;
    private readonly float[][] _weights;
    private readonly float[][] _biases;

    public Network(int depth, int width, Initializer initializer, Seed seed)
    {
        _widths = [2, .. Enumerable.Repeat(width, depth), 1];
        _weights = new float[depth + 1][];
        _biases = new float[depth + 1][];
        for (int layer = 0; layer <= depth; layer++)
        {
            var tensor = TensorDescription.Dense(outputs: _widths[layer + 1], inputs: _widths[layer]);
            _weights[layer] = new float[tensor.Count];
            _biases[layer] = new float[_widths[layer + 1]];
            // The key makes the values: another layer, another key.
            initializer.Fill(_weights[layer], tensor, seed, key: $"layer{layer}.weight");
        }
    }

    public (double Loss, double Right) Loss(float[][] points, int[] labels)
    {
        (double loss, int right) = (0, 0);
        for (int i = 0; i < points.Length; i++)
        {
            float logit = Forward(points[i])[^1][0];
            loss += Math.Log(1 + Math.Exp(labels[i] == 1 ? -logit : logit));
            right += (logit > 0) == (labels[i] == 1) ? 1 : 0;
        }
        return (loss / points.Length, (double)right / points.Length);
    }

    /// <summary>One step of gradient descent on the whole set, with the gradient's norm held at 1 or below.</summary>
    public void Train(float[][] points, int[] labels, float rate)
    {
        float[][] weightGradients = [.. _weights.Select(w => new float[w.Length])];
        float[][] biasGradients = [.. _biases.Select(b => new float[b.Length])];
        for (int i = 0; i < points.Length; i++)
        {
            float[][] activations = Forward(points[i]);
            float[] delta = [Sigmoid(activations[^1][0]) - labels[i]];
            for (int layer = _weights.Length - 1; layer >= 0; layer--)
            {
                float[] input = activations[layer];
                var back = new float[input.Length];
                for (int o = 0; o < delta.Length; o++)
                {
                    biasGradients[layer][o] += delta[o] / points.Length;
                    for (int n = 0; n < input.Length; n++)
                    {
                        weightGradients[layer][(o * input.Length) + n] += delta[o] * input[n] / points.Length;
                        back[n] += delta[o] * _weights[layer][(o * input.Length) + n];
                    }
                }
                delta = [.. back.Select((d, n) => input[n] > 0 || layer == 0 ? d : 0)];
            }
        }
        float[][] gradients = [.. weightGradients, .. biasGradients];
        float norm = MathF.Sqrt(gradients.Sum(g => g.Sum(x => x * x)));
        float step = rate / MathF.Max(1, norm);
        foreach ((float[] values, float[] gradient) in ((float[][])[.. _weights, .. _biases]).Zip(gradients))
        {
            for (int n = 0; n < values.Length; n++)
            {
                values[n] -= step * gradient[n];
            }
        }
    }

    private float[][] Forward(float[] point)
    {
        var activations = new float[_weights.Length + 1][];
        activations[0] = point;
        for (int layer = 0; layer < _weights.Length; layer++)
        {
            float[] input = activations[layer];
            var output = new float[_widths[layer + 1]];
            for (int o = 0; o < output.Length; o++)
            {
                float sum = _biases[layer][o];
                for (int n = 0; n < input.Length; n++)
                {
                    sum += _weights[layer][(o * input.Length) + n] * input[n];
                }
                output[o] = layer == _weights.Length - 1 ? sum : MathF.Max(0, sum);
            }
            activations[layer + 1] = output;
        }
        return activations;
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
