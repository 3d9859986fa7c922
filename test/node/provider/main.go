// The Kubernetes provider of Pulumi, which no registry has as a program. Its schema, which it can only show, is left out.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

func main() {
	provider.Serve("kubernetes", "4.34.2", []byte("{}"), []byte("{}"))
}
