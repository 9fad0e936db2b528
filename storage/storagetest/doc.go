// Package storagetest is the contract that every store must pass, and stores that make its users' life hard.
package storagetest
