using FanIn.TorchSharp.Tests.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Models;

/// <summary>transformers' layer of that name: the matrix is stored as [in, out].</summary>
internal sealed class Conv1D : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    public Conv1D(long inputs, long outputs)
        : base(nameof(Conv1D))
    {
        _weight = new Parameter(zeros(inputs, outputs), requires_grad: true);
        _bias = new Parameter(zeros(outputs), requires_grad: true);
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
    }

    public override Tensor forward(Tensor input) => input.matmul(_weight).add(_bias);
}

/// <summary>x / rms(x), times a scale.</summary>
internal sealed class RMSNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight;

    public RMSNorm(long width)
        : base(nameof(RMSNorm))
    {
        _weight = new Parameter(zeros(width), requires_grad: true);
        register_parameter("weight", _weight);
    }

    public override Tensor forward(Tensor input) =>
        input.mul(input.mul(input).mean([-1], keepdim: true).add(1e-6).rsqrt()).mul(_weight);
}

/// <summary>Small models of the usual families, with their names and a forward pass.</summary>
internal static class TestModels
{
    /// <summary>transformers' GPT2LMHeadModel.</summary>
    /// <param name="depth">Blocks.</param>
    /// <param name="width">Of the residual stream; in 4 heads.</param>
    /// <param name="headFirst">Whether the tied head is registered before the table.</param>
    /// <param name="linear">Whether matrices are Linear's [out, in] instead of Conv1D's [in, out].</param>
    public static TestModule Gpt2(int depth, long width, bool headFirst = false, bool linear = false)
    {
        Embedding wte = nn.Embedding(300, width);
        Embedding wpe = nn.Embedding(32, width);
        TestModule[] blocks = [.. Enumerable.Range(0, depth).Select(_ => Block())];
        LayerNorm final = nn.LayerNorm(width);
        Linear head = nn.Linear(width, 300, hasBias: false);
        head.weight = wte.weight!;
        var transformer = new TestModule(
            tokens =>
            {
                Tensor x = wte.call(tokens).add(wpe.call(arange(tokens.shape[1])));
                return final.call(blocks.Aggregate(x, (y, block) => block.call(y)));
            },
            ("wte", wte),
            ("wpe", wpe),
            ("h", ListOf(blocks)),
            ("ln_f", final)
        );
        (string, object)[] members = [("transformer", transformer), ("lm_head", head)];
        return new TestModule(
            tokens => head.call(transformer.call(tokens)),
            headFirst ? [.. members.Reverse()] : members
        );

        nn.Module<Tensor, Tensor> Layer(long inputs, long outputs) =>
            linear ? nn.Linear(inputs, outputs) : new Conv1D(inputs, outputs);

        TestModule Block()
        {
            (LayerNorm first, LayerNorm second) = (nn.LayerNorm(width), nn.LayerNorm(width));
            nn.Module<Tensor, Tensor> packed = Layer(width, 3 * width);
            nn.Module<Tensor, Tensor> projection = Layer(width, width);
            nn.Module<Tensor, Tensor> up = Layer(width, 4 * width);
            nn.Module<Tensor, Tensor> down = Layer(4 * width, width);
            var attention = new TestModule(
                x => projection.call(Attend(packed.call(x).chunk(3, -1), 4, 4, isCausal: true)),
                ("c_attn", packed),
                ("c_proj", projection)
            );
            var mlp = new TestModule(x => down.call(nn.functional.gelu(up.call(x))), ("c_fc", up), ("c_proj", down));
            return new TestModule(
                x =>
                {
                    Tensor y = x.add(attention.call(first.call(x)));
                    return y.add(mlp.call(second.call(y)));
                },
                ("ln_1", first),
                ("attn", attention),
                ("ln_2", second),
                ("mlp", mlp)
            );
        }
    }

    /// <summary>transformers' LlamaForCausalLM: 4 heads, 2 of keys and values; positions are left out.</summary>
    public static TestModule Llama(int depth, long width, long inner)
    {
        Embedding tokens = nn.Embedding(300, width);
        TestModule[] layers = [.. Enumerable.Range(0, depth).Select(_ => Layer())];
        var final = new RMSNorm(width);
        Linear head = nn.Linear(width, 300, hasBias: false);
        var model = new TestModule(
            x => final.call(layers.Aggregate(tokens.call(x), (y, layer) => layer.call(y))),
            ("embed_tokens", tokens),
            ("layers", ListOf(layers)),
            ("norm", final)
        );
        return new TestModule(x => head.call(model.call(x)), ("model", model), ("lm_head", head));

        TestModule Layer()
        {
            (Linear q, Linear k) = (Plain(width, width), Plain(width, width / 2));
            (Linear v, Linear o) = (Plain(width, width / 2), Plain(width, width));
            (Linear gate, Linear up, Linear down) = (Plain(width, inner), Plain(width, inner), Plain(inner, width));
            (RMSNorm before, RMSNorm after) = (new(width), new(width));
            var attention = new TestModule(
                x => o.call(Attend([q.call(x), k.call(x), v.call(x)], 4, 2, isCausal: true)),
                ("q_proj", q),
                ("k_proj", k),
                ("v_proj", v),
                ("o_proj", o)
            );
            var mlp = new TestModule(
                x => down.call(nn.functional.silu(gate.call(x)).mul(up.call(x))),
                ("gate_proj", gate),
                ("up_proj", up),
                ("down_proj", down)
            );
            return new TestModule(
                x =>
                {
                    Tensor y = x.add(attention.call(before.call(x)));
                    return y.add(mlp.call(after.call(y)));
                },
                ("self_attn", attention),
                ("mlp", mlp),
                ("input_layernorm", before),
                ("post_attention_layernorm", after)
            );
        }

        static Linear Plain(long inputs, long outputs) => nn.Linear(inputs, outputs, hasBias: false);
    }

    /// <summary>timm's VisionTransformer, for images of 32 x 32 in patches of 8 x 8.</summary>
    public static TestModule VisionTransformer(int depth, long width)
    {
        Conv2d patches = nn.Conv2d(3, width, 8, stride: 8);
        var token = new Parameter(zeros(1, 1, width), requires_grad: true);
        var positions = new Parameter(zeros(1, 17, width), requires_grad: true);
        TestModule[] blocks = [.. Enumerable.Range(0, depth).Select(_ => Block())];
        LayerNorm final = nn.LayerNorm(width);
        Linear head = nn.Linear(width, 10);
        return new TestModule(
            images =>
            {
                Tensor x = patches.call(images).flatten(2).transpose(1, 2);
                x = cat([token.expand(images.shape[0], -1, -1), x], 1).add(positions);
                return head.call(final.call(blocks.Aggregate(x, (y, block) => block.call(y))).select(1, 0));
            },
            ("cls_token", token),
            ("pos_embed", positions),
            ("patch_embed", new TestModule(patches.call, ("proj", patches))),
            ("blocks", ListOf(blocks)),
            ("norm", final),
            ("head", head)
        );

        TestModule Block()
        {
            (LayerNorm first, LayerNorm second) = (nn.LayerNorm(width), nn.LayerNorm(width));
            (Linear qkv, Linear projection) = (nn.Linear(width, 3 * width), nn.Linear(width, width));
            (Linear up, Linear down) = (nn.Linear(width, 4 * width), nn.Linear(4 * width, width));
            var attention = new TestModule(
                x => projection.call(Attend(qkv.call(x).chunk(3, -1), 4, 4, isCausal: false)),
                ("qkv", qkv),
                ("proj", projection)
            );
            var mlp = new TestModule(x => down.call(nn.functional.gelu(up.call(x))), ("fc1", up), ("fc2", down));
            return new TestModule(
                x =>
                {
                    Tensor y = x.add(attention.call(first.call(x)));
                    return y.add(mlp.call(second.call(y)));
                },
                ("norm1", first),
                ("attn", attention),
                ("norm2", second),
                ("mlp", mlp)
            );
        }
    }

    /// <summary>A table of 50 tokens, an LSTM of two layers, a projection to the tokens.</summary>
    public static TestModule Lstm(long width, long hidden)
    {
        Embedding table = nn.Embedding(50, width);
        LSTM lstm = nn.LSTM(width, hidden, numLayers: 2, batchFirst: true);
        Linear head = nn.Linear(hidden, 50);
        return new TestModule(
            tokens => head.call(lstm.call(table.call(tokens)).Item1),
            ("embedding", table),
            ("lstm", lstm),
            ("out", head)
        );
    }

    private static ModuleList<TestModule> ListOf(TestModule[] modules) => nn.ModuleList(modules);

    /// <summary>softmax(q k^T / sqrt(size)) v over heads, each of keys and values for as many queries as there are to it.</summary>
    private static Tensor Attend(Tensor[] qkv, long heads, long keyHeads, bool isCausal)
    {
        Tensor q = Split(qkv[0], heads);
        Tensor k = Split(qkv[1], keyHeads).repeat_interleave(heads / keyHeads, 1);
        Tensor v = Split(qkv[2], keyHeads).repeat_interleave(heads / keyHeads, 1);
        return nn.functional.scaled_dot_product_attention(q, k, v, is_casual: isCausal).transpose(1, 2).flatten(2);

        static Tensor Split(Tensor x, long heads) =>
            x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
    }
}
